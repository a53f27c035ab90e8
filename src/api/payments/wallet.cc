// Payment methods (docs/contract/payments.md#wallet).
#include <fmt/format.h>

#include "api/payments/handlers.h"
#include "api/payments/payment_answers.h"
#include "api/request/errors.h"
#include "payments/payment_intents.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;
using ledger::PaymentMethod;

std::string expiry_of(const PaymentMethod& method) {
    if (method.exp_month == 0 || method.exp_year == 0) return {};
    return fmt::format("{}/{}", method.exp_month, method.exp_year);
}

void write_card(base::JsonWriter& json, const PaymentMethod* method) {
    if (method == nullptr || method->type != ledger::PaymentMethodType::Card) {
        json.null();
        return;
    }
    json.begin_object();
    json.key("id").string(method->id);
    json.key("last4").string(method->last4);
    json.key("brand").string(method->brand.empty() ? "unknown" : method->brand);
    json.key("exp").string(expiry_of(*method));
    json.key("provider").string(method->provider);
    json.end_object();
}

http::HttpResponse wallet_of(const ledger::Account* account) {
    http::HttpResponse response;
    base::JsonWriter json(response.body);
    const PaymentMethod* chosen = account != nullptr ? account->default_method() : nullptr;
    json.begin_object();
    json.key("hasCard").boolean(chosen != nullptr);
    write_card(json.key("card"), chosen);
    json.key("methods").begin_array();
    if (account != nullptr) {
        for (const PaymentMethod& method : account->payment_methods) {
            json.begin_object();
            json.key("id").string(method.id);
            json.key("type").string(name_of(method.type));
            json.key("provider").string(method.provider);
            json.key("isDefault").boolean(method.is_default);
            json.key("isValid").boolean(method.is_valid);
            write_card(json.key("card"), &method);
            json.end_object();
        }
    }
    json.end_array();
    json.end_object();
    return response;
}

void write_nothing(base::JsonWriter&, const ingest::Reply&) {}

void answer_setup(PaymentAnswers& answers, const Customer& customer, const SharedResponder& respond,
                  const Result<ingest::Reply>& reply) {
    const auto* asked = reply ? std::get_if<ledger::PaymentAnswer>(&reply->outcome) : nullptr;
    if (asked == nullptr) return (*respond)(write_response(reply, write_nothing));
    answers.answer(customer, asked->intent, *reply, respond,
                   [](base::JsonWriter& json, const ingest::Reply&, const PaymentState& state) {
                       json.key("url").string(state.checkout_url);
                       json.key("reference").string(state.intent->id);
                   });
}

}  // namespace

void get_wallet(Directory& directory, ApiCall call) {
    const auto reference = query_customer(call);
    if (!reference) return call.respond(response_of(reference.error()));
    const std::string organisation = std::move(call.organisation);
    const SharedResponder respond = share(std::move(call.respond));
    directory.with_known(organisation, *reference,
                         [&directory, respond](const Result<const Customer*>& found) {
                             if (found)
                                 return (*respond)(wallet_of(directory.view(**found).account));
                             if (found.error().code == "customer_not_found")
                                 return (*respond)(wallet_of(nullptr));
                             (*respond)(response_of(found.error()));
                         });
}

void post_wallet_setup(Directory& directory, Commands& commands,
                       const payments::PaymentIntents& intents, PaymentAnswers& answers,
                       ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    const std::string provider(fields.text_or("provider", ""));
    record.command = ledger::SetUpPaymentMethod{callback_url(fields)};
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    if (!provider.empty() && intents.find(provider) == nullptr) {
        return call.respond(response_of(Error{
            "provider_not_configured", fmt::format("Provider '{}' not configured", provider)}));
    }
    with_known_customer(
        directory, call, customer,
        [&commands, &answers, record](const Customer& known, const SharedResponder& respond) {
            commands.submit(known, record,
                            [&answers, &known, respond](const Result<ingest::Reply>& reply) {
                                answer_setup(answers, known, respond, reply);
                            });
        });
}

void post_wallet_remove(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    record.command = ledger::RemovePaymentMethod{std::string(fields.text("id"))};
    record.id = event_id(call, fields, BodyId::IsSomethingElse);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    with_known_customer(directory, call, customer,
                        [&commands, record](const Customer& known, const SharedResponder& respond) {
                            commands.submit(known, record, answer_with(respond, write_nothing));
                        });
}

}  // namespace quipu::api
