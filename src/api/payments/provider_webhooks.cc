// What payment providers tell us: POST /webhooks/:org[/:provider], signed instead of keyed
// (docs/contract/payments.md#provider-webhooks).
#include <fmt/format.h>

#include "api/payments/handlers.h"
#include "api/request/directory.h"
#include "api/request/errors.h"
#include "base/json_writer.h"
#include "http/http_error.h"
#include "payments/payment_intents.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;

constexpr std::string_view kDefaultProvider = "sandbox";

http::HttpResponse received(bool skipped) {
    http::HttpResponse response;
    base::JsonWriter json(response.body);
    json.begin_object();
    json.key("success").boolean(true);
    json.key("received").boolean(true);
    if (skipped) json.key("skipped").boolean(true);
    json.end_object();
    return response;
}

// In the reference's words; what is wrong with a signature is not told to whoever made it.
http::HttpResponse refused(const Error& error, std::string_view provider) {
    if (error.code == "payload_malformed")
        return http::error_response(error.code, "Failed to parse webhook payload");
    if (error.code == "signature_missing") {
        return http::error_response(error.code,
                                    fmt::format("Missing x-{}-signature header", provider));
    }
    if (error.code == "signature_invalid")
        return http::error_response(error.code, "Invalid webhook signature");
    return response_of(error);
}

// The command that an event is to the ledger.
ledger::Command command_of(const payments::ProviderEvent& event) {
    if (event.type == payments::ProviderEventType::PaymentRefunded)
        return ledger::RecordRefund{event.intent, event.amount_minor, event.currency,
                                    event.reference};
    ledger::RecordPayment payment;
    payment.intent = event.intent;
    payment.amount_minor = event.amount_minor;
    payment.currency = event.currency;
    payment.reference = event.reference;
    payment.method = event.method;
    payment.failure = event.failure;
    payment.message = event.message;
    payment.permanent = event.permanent;
    if (event.type == payments::ProviderEventType::PaymentFailed)
        payment.result = ledger::PaymentResult::Failed;
    if (event.type == payments::ProviderEventType::CheckoutAbandoned)
        payment.result = ledger::PaymentResult::Abandoned;
    return payment;
}

void take(Directory& directory, payments::PaymentIntents& intents, std::string_view organisation,
          const payments::ProviderEvent& event, Responder respond) {
    if (event.type == payments::ProviderEventType::Unknown) return respond(received(true));
    const ledger::Customer* customer = directory.owner_of(organisation, event.intent, "pi_");
    if (customer == nullptr) {
        return respond(response_of(
            Error{"payment_not_found", fmt::format("There is no payment '{}'.", event.intent)}));
    }
    const SharedResponder shared = share(std::move(respond));
    intents.record(*customer, "webhook:" + event.id, command_of(event),
                   [shared](const Result<ingest::Reply>& reply) {
                       if (!reply) return (*shared)(response_of(reply.error()));
                       if (const auto* no = std::get_if<ledger::Rejection>(&reply->outcome))
                           return (*shared)(response_of(*no));
                       (*shared)(received(false));
                   });
}

}  // namespace

void post_provider_webhook(Directory& directory, payments::PaymentIntents& intents,
                           const ledger::ControlState& control, ApiCall call) {
    const std::string& organisation = call.parameter;
    const std::string_view name =
        call.second_parameter.empty() ? kDefaultProvider : std::string_view(call.second_parameter);
    payments::PaymentProvider* provider = intents.find(name);
    if (!control.organisations.contains(organisation))
        return call.respond(
            http::error_response("organisation_not_found", "Organization not found"));
    if (provider == nullptr) {
        return call.respond(http::error_response("provider_not_configured",
                                                 fmt::format("Unsupported provider '{}'", name)));
    }
    auto event = provider->parse_webhook(organisation, call.request);
    if (!event) return call.respond(refused(event.error(), name));
    take(directory, intents, organisation, *event, std::move(call.respond));
}

}  // namespace quipu::api
