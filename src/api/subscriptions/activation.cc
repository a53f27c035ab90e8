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

constexpr std::string_view kSubscription = "sub_";

Error no_subscription() {
    return {"subscription_not_found", "Subscription not found"};
}

using Then = std::function<void(const Customer&, const Result<ingest::Reply>&)>;

void activate(Commands& commands, const Customer& customer, ledger::ActivateSubscription command,
              std::string event, const Then& then) {
    ledger::CommandRecord record;
    record.id = std::move(event);
    record.command = std::move(command);
    commands.submit(
        customer, std::move(record),
        [&customer, then](const Result<ingest::Reply>& reply) { then(customer, reply); });
}

void write_activated(base::JsonWriter& json, const ledger::PaymentAnswer& answer) {
    json.key("activatedDirectly").boolean(true);
    json.key("requiresCheckout").boolean(false);
    json.key("subscriptionId").string(answer.subscription);
    json.key("message").string(answer.message);
}

// Of any organisation: whoever has the link may pay.
const Customer* anybodys(Directory& directory, const ledger::ControlState& control,
                         std::string_view subscription) {
    for (const auto& [organisation, unused] : control.organisations) {
        const Customer* customer = directory.owner_of(organisation, subscription, kSubscription);
        if (customer != nullptr) return customer;
    }
    return nullptr;
}

}  // namespace

void post_subscription_checkout(Directory& directory, Commands& commands, PaymentAnswers& answers,
                                ApiCall call) {
    Fields fields(call.body);
    const std::string callback = callback_url(fields);
    const std::string event = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const Customer* customer = directory.owner_of(call.organisation, call.parameter, kSubscription);
    if (customer == nullptr) return call.respond(response_of(no_subscription()));
    const SharedResponder respond = share(std::move(call.respond));
    activate(commands, *customer, {call.parameter, callback, false}, event,
             [&answers, respond](const Customer& owner, const Result<ingest::Reply>& reply) {
                 const auto* answer =
                     reply ? std::get_if<ledger::PaymentAnswer>(&reply->outcome) : nullptr;
                 if (answer == nullptr || answer->intent.empty()) {
                     return (*respond)(
                         write_response(reply, [&](base::JsonWriter& json, const ingest::Reply&) {
                             write_activated(json, *answer);
                         }));
                 }
                 answers.answer(owner, answer->intent, *reply, respond,
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

void get_activation(Directory& directory, Commands& commands, PaymentAnswers& answers,
                    const ledger::ControlState& control, ApiCall call) {
    const Customer* customer = anybodys(directory, control, call.parameter);
    if (customer == nullptr) return call.respond(response_of(no_subscription()));
    const std::string callback = query_text(call, "callbackUrl");
    const SharedResponder shared = share(std::move(call.respond));
    activate(commands, *customer, {call.parameter, callback, true}, {},
             [&answers, shared](const Customer& owner, const Result<ingest::Reply>& reply) {
                 const auto* answer =
                     reply ? std::get_if<ledger::PaymentAnswer>(&reply->outcome) : nullptr;
                 if (answer == nullptr || answer->intent.empty()) {
                     return (*shared)(
                         write_response(reply, [&](base::JsonWriter& json, const ingest::Reply&) {
                             write_activated(json, *answer);
                         }));
                 }
                 answers.redirect(owner, answer->intent, *reply, shared);
             });
}

}  // namespace quipu::api
