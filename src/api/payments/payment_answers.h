// Answering a request whose outcome is a payment intent: wait for its charge, or show its page.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/request/call.h"
#include "api/request/directory.h"
#include "api/request/forward.h"
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

// Adds to {"success":true, … the receipt}.
using WritePayment =
    std::function<void(base::JsonWriter&, const ingest::Reply&, const PaymentState&)>;

// Engine thread. `directory` and `intents` outlive it, and it outlives those who wait.
class PaymentAnswers {
public:
    PaymentAnswers(Directory& directory, payments::PaymentIntents& intents)
        : directory_(directory), intents_(intents) {}

    // Answers `respond` once the intent is paid or its page is open. Failures: 500
    // `checkout_unavailable`, 400 `provider_not_configured`, 409 `checkout_closed` (a repeated
    // request whose page is gone), 503 `payment_pending`.
    void answer(const ledger::Customer& customer, const std::string& intent,
                const ingest::Reply& reply, SharedResponder respond, WritePayment write);
    // The same, as a redirect to the page; an intent that is paid already answers 200.
    void redirect(const ledger::Customer& customer, const std::string& intent,
                  const ingest::Reply& reply, SharedResponder respond);

private:
    struct Waiting;
    void answer_now(const std::shared_ptr<Waiting>& waiting, bool waited);
    void show_page(const std::shared_ptr<Waiting>& waiting, const ledger::Account& account,
                   const ledger::PaymentIntent& intent);

    Directory& directory_;
    payments::PaymentIntents& intents_;
};

}  // namespace quipu::api
