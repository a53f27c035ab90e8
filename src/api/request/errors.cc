#include "api/request/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "http/http_error.h"

namespace quipu::api {
namespace {

using ledger::Code;

constexpr int kRetryAfterSeconds = 1;

// Codes of errors that are not the ledger's; what is not here is a defect of the server.
constexpr auto kErrorStatus = std::to_array<std::pair<std::string_view, int>>({
    {"validation_error", 400},
    {"malformed_json", 400},
    {"json_too_deep", 400},
    {"json_duplicate_key", 400},
    {"event_malformed", 400},
    {"field_missing", 400},
    {"field_too_long", 400},
    {"text_malformed", 400},
    {"metadata_malformed", 400},
    {"value_out_of_range", 400},
    {"clock_backwards", 400},
    {"unsupported_content_type", 415},
    {"batch_too_large", 413},
    {"body_too_large", 413},
    {"missing_api_key", 401},
    {"invalid_api_key", 401},
    {"customer_not_found", 404},
    {"feature_not_found", 404},
    {"plan_not_found", 404},
    {"pack_not_found", 404},
    {"invoice_not_found", 404},
    {"not_found", 404},
    {"manual_clock_off", 404},
    {"customer_conflict", 409},
    {"idempotency_conflict", 409},
    {"log_overloaded", 503},
    {"log_unavailable", 503},
    {"outcome_unknown", 503},
    {"shutting_down", 503},
    {"not_ready", 503},
    {"state_unavailable", 503},
    {"webhook_url_invalid", 400},
    {"webhook_url_forbidden", 400},
    {"webhook_endpoint_not_found", 404},
    {"webhook_delivery_not_found", 404},
    {"webhook_endpoint_disabled", 409},
    {"webhooks_off", 503},
    {"method_not_allowed", 405},
    {"subscription_not_found", 404},
    {"payment_not_found", 404},
    {"provider_not_configured", 400},
    {"checkout_closed", 409},
    {"payment_pending", 503},
    {"sandbox_off", 404},
    {"at_in_future", 400},
    {"history_not_available", 410},
    {"feature_without_usage", 400},
    {"range_too_large", 400},
    {"history_too_long", 422},
    {"history_busy", 503},
    {"position_unknown", 409},
});

}  // namespace

int status_of(Code code) {
    switch (code) {
        case Code::Ok:
        case Code::Tracked:
        case Code::TrackedOverage:
        case Code::AddonCreditsUsed:
        case Code::AccessGranted:
        case Code::OverageAllowed:
            return 200;
        case Code::CustomerNotFound:
        case Code::FeatureNotFound:
        case Code::EntityNotFound:
        case Code::PlanNotFound:
        case Code::PackNotFound:
        case Code::SubscriptionNotFound:
        case Code::OrganisationNotFound:
        case Code::KeyNotFound:
        case Code::InvoiceNotFound:
        case Code::PaymentNotFound:
        case Code::PaymentMethodNotFound:
        case Code::OverrideNotFound:
        case Code::WebhookEndpointNotFound:
        case Code::ReservationNotFound:
            return 404;
        case Code::EntityExists:
        case Code::IdempotencyConflict:
        case Code::CustomerConflict:
        case Code::CustomerAmbiguous:
        case Code::AlreadyExists:
        case Code::PaymentMismatch:
        case Code::TooManyReservations:
            return 409;
        case Code::LedgerNotOpen:
            return 503;
        case Code::LimitExceeded:
        case Code::NoActiveSubscription:
        case Code::FeatureNotInPlan:
        case Code::UnknownFeatureType:
        case Code::PackWithoutSystem:
        case Code::NothingToInvoice:
        case Code::AmountOutOfRange:
        case Code::OccurredAtOutOfRange:
        case Code::QuantityOutOfRange:
        case Code::ProviderNotConfigured:
        case Code::InvalidRequest:
        case Code::InvoiceNotOpen:
        case Code::InvoiceBelowMinimum:
        case Code::NothingToPay:
        case Code::SubscriptionNotPending:
            return 400;
    }
    return 400;
}

int usage_status(Code code) {
    return code == Code::LimitExceeded ? 200 : status_of(code);
}

int status_of(const base::Error& error) {
    const auto* known = std::ranges::find(kErrorStatus, std::string_view(error.code),
                                          &std::pair<std::string_view, int>::first);
    return known == kErrorStatus.end() ? 500 : known->second;
}

http::HttpResponse response_of(const base::Error& error) {
    http::HttpResponse response = http::error_response(status_of(error), error.code, error.message);
    if (response.status == 503) response.retry_after_seconds = kRetryAfterSeconds;
    return response;
}

http::HttpResponse response_of(const ledger::Rejection& rejection) {
    return http::error_response(status_of(rejection.code), name_of(rejection.code),
                                rejection.message);
}

base::Error invalid(std::string_view field, std::string_view reason) {
    return {"validation_error", fmt::format("Invalid {}: {}", field, reason)};
}

base::Error history_busy() {
    return {"history_busy", "Too many readings of the ledger are under way; try again soon."};
}

base::Error customer_not_found(std::string_view reference) {
    return {"customer_not_found",
            fmt::format("Customer '{}' not found in this organization.", reference)};
}

base::Error short_of(const base::Error& error) {
    if (error.code != name_of(Code::CustomerNotFound)) return error;
    return {error.code, "Customer not found"};
}

}  // namespace quipu::api
