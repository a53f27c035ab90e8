// Plans that wait for their first payment (docs/contract/subscriptions.md#plans-that-wait).
#include <fmt/format.h>

#include "api/payments/payment_answers.h"
#include "api/request/errors.h"
#include "api/subscriptions/handlers.h"
#include "http/http_error.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;

Error no_subscription() {
    return {"subscription_not_found", "Subscription not found"};
}

using Then = std::function<void(const Customer&, const Result<ingest::Reply>&)>;

void activate(ApiLedger& ledger, const Customer& customer, ledger::ActivateSubscription command,
              std::string event, const Then& then) {
    ledger::CommandRecord record;
    record.id = std::move(event);
    record.command = std::move(command);
    ledger.submit(customer, std::move(record),
                  [&customer, then](const Result<ingest::Reply>& reply) { then(customer, reply); });
}

void write_activated(base::JsonWriter& json, const ledger::PaymentAnswer& answer) {
    json.key("activatedDirectly").boolean(true);
    json.key("requiresCheckout").boolean(false);
    json.key("subscriptionId").string(answer.subscription);
    json.key("message").string(answer.message);
}

// Customer of any organisation: whoever has the link may pay.
const Customer* anybodys(ApiLedger& ledger, const std::string& id) {
    for (const auto& [organisation, unused] : ledger.engine().control().organisations) {
        const Customer* customer = ledger.find(organisation, id);
        if (customer != nullptr && customer->id == id) return customer;
    }
    return nullptr;
}

}  // namespace

void post_subscription_checkout(ApiLedger& ledger, ApiCall call) {
    Fields fields(call.body);
    const std::string callback = callback_url(fields);
    const std::string event = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const std::string id = customer_of_id(call.parameter, "sub_");
    const Customer* customer = id.empty() ? nullptr : ledger.find(call.organisation, id);
    if (customer == nullptr || customer->id != id || !ledger.is_open(*customer))
        return call.respond(response_of(no_subscription()));
    const SharedResponder respond = share(std::move(call.respond));
    activate(ledger, *customer, {call.parameter, callback, false}, event,
             [&ledger, respond](const Customer& owner, const Result<ingest::Reply>& reply) {
                 const auto* answer =
                     reply ? std::get_if<ledger::PaymentAnswer>(&reply->outcome) : nullptr;
                 if (answer == nullptr || answer->intent.empty()) {
                     return (*respond)(
                         write_response(reply, [&](base::JsonWriter& json, const ingest::Reply&) {
                             write_activated(json, *answer);
                         }));
                 }
                 answer_payment(ledger, owner, answer->intent, *reply, respond,
                                [answer = *answer](base::JsonWriter& json, const ingest::Reply&,
                                                   const PaymentState& state) {
                                    if (state.checkout_url.empty())
                                        return write_activated(json, answer);
                                    json.key("activatedDirectly").boolean(false);
                                    json.key("requiresCheckout").boolean(true);
                                    json.key("checkoutUrl").string(state.checkout_url);
                                    json.key("subscriptionId").string(answer.subscription);
                                });
             });
}

void get_activation(ApiLedger& ledger, ApiCall call) {
    const std::string id = customer_of_id(call.parameter, "sub_");
    const Customer* customer = id.empty() ? nullptr : anybodys(ledger, id);
    if (customer == nullptr || !ledger.is_open(*customer))
        return call.respond(response_of(no_subscription()));
    const std::string callback = query_text(call, "callbackUrl");
    const SharedResponder shared = share(std::move(call.respond));
    activate(ledger, *customer, {call.parameter, callback, true}, {},
             [&ledger, shared](const Customer& owner, const Result<ingest::Reply>& reply) {
                 const auto* answer =
                     reply ? std::get_if<ledger::PaymentAnswer>(&reply->outcome) : nullptr;
                 if (answer == nullptr || answer->intent.empty()) {
                     return (*shared)(
                         write_response(reply, [&](base::JsonWriter& json, const ingest::Reply&) {
                             write_activated(json, *answer);
                         }));
                 }
                 redirect_to_payment(ledger, owner, answer->intent, *reply, shared);
             });
}

}  // namespace quipu::api
