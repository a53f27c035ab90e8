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

}  // namespace

void get_wallet(ApiLedger& ledger, ApiCall call) {
    const auto reference = query_customer(call);
    if (!reference) return call.respond(response_of(reference.error()));
    const std::string organisation = std::move(call.organisation);
    const SharedResponder respond = share(std::move(call.respond));
    ledger.with_known(organisation, *reference,
                      [&ledger, respond](const Result<const Customer*>& found) {
                          if (found) return (*respond)(wallet_of(ledger.view(**found).account));
                          if (found.error().code == "customer_not_found")
                              return (*respond)(wallet_of(nullptr));
                          (*respond)(response_of(found.error()));
                      });
}

void post_wallet_setup(ApiLedger& ledger, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    const std::string provider(fields.text_or("provider", ""));
    record.command = ledger::SetUpPaymentMethod{callback_url(fields)};
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const bool unknown = !provider.empty() && (ledger.payments() == nullptr ||
                                               ledger.payments()->find(provider) == nullptr);
    if (unknown) {
        return call.respond(response_of(Error{
            "provider_not_configured", fmt::format("Provider '{}' not configured", provider)}));
    }
    const std::string organisation = std::move(call.organisation);
    const SharedResponder respond = share(std::move(call.respond));
    ledger.with_known(
        organisation, customer, [&ledger, respond, record](const Result<const Customer*>& found) {
            if (!found) return (*respond)(response_of(short_of(found.error())));
            const Customer& owner = **found;
            ledger.submit(
                owner, record, [&ledger, &owner, respond](const Result<ingest::Reply>& reply) {
                    const auto* asked =
                        reply ? std::get_if<ledger::PaymentAnswer>(&reply->outcome) : nullptr;
                    if (asked == nullptr)
                        return (*respond)(
                            write_response(reply, [](base::JsonWriter&, const ingest::Reply&) {}));
                    answer_payment(ledger, owner, asked->intent, *reply, respond,
                                   [](base::JsonWriter& json, const ingest::Reply&,
                                      const PaymentState& state) {
                                       json.key("url").string(state.checkout_url);
                                       json.key("reference").string(state.intent->id);
                                   });
                });
        });
}

void post_wallet_remove(ApiLedger& ledger, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    record.command = ledger::RemovePaymentMethod{std::string(fields.text("id"))};
    record.id = event_id(call, fields, BodyId::IsSomethingElse);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const std::string organisation = std::move(call.organisation);
    const SharedResponder respond = share(std::move(call.respond));
    ledger.with_known(
        organisation, customer, [&ledger, respond, record](const Result<const Customer*>& found) {
            if (!found) return (*respond)(response_of(short_of(found.error())));
            ledger.submit(**found, record,
                          answer_with(respond, [](base::JsonWriter&, const ingest::Reply&) {}));
        });
}

}  // namespace quipu::api
