// Answering a request whose outcome is a payment intent: wait for its charge, or show its page.
#pragma once

#include <functional>
#include <string>

#include "api/request/call.h"
#include "api/request/directory.h"
#include "api/request/request.h"

namespace quipu::api {

// A reply that outlives its call.
struct StoredReply {
    explicit StoredReply(const ingest::Reply& reply);
    [[nodiscard]] ingest::Reply view() const;

    ledger::Outcome outcome;
    bool duplicate = false;
    std::string event_id;
    std::string customer;
    ledger::Partition partition;
    ledger::Offset offset = 0;
    base::Instant recorded_at;
};

// What an intent has come to when the request is answered.
struct PaymentState {
    const ledger::PaymentIntent* intent = nullptr;  // borrowed, during the call
    const ledger::Account* account = nullptr;
    std::string checkout_url;  // "" = it is paid
};

// Answers `respond` once the intent is paid or its page is open. `write` adds to
// {"success":true, … the receipt}. Failures: 500 `checkout_unavailable`, 409 `checkout_closed` (a
// repeated request whose page is gone), 503 `payment_pending`.
using WritePayment =
    std::function<void(base::JsonWriter&, const ingest::Reply&, const PaymentState&)>;
void answer_payment(ApiLedger& ledger, const ledger::Customer& customer, const std::string& intent,
                    const ingest::Reply& reply, SharedResponder respond, WritePayment write);

// The same, as a redirect to the page; an intent that is paid already answers 200.
void redirect_to_payment(ApiLedger& ledger, const ledger::Customer& customer,
                         const std::string& intent, const ingest::Reply& reply,
                         SharedResponder respond);

// The provider's event with this customer's intent: `cus_…`, from the id of an intent, subscription
// or invoice; "" when it is none.
[[nodiscard]] std::string customer_of_id(std::string_view id, std::string_view prefix);

}  // namespace quipu::api
