#include "ledger/outcome.h"

#include "ledger/event.h"

namespace quipu::ledger {

base::ErrorCode error_code(Code code) {
    switch (code) {
        case Code::Ok:
            return "ok";
        case Code::Tracked:
            return "tracked";
        case Code::TrackedOverage:
            return "tracked_overage";
        case Code::AddonCreditsUsed:
            return "addon_credits_used";
        case Code::AccessGranted:
            return "access_granted";
        case Code::OverageAllowed:
            return "overage_allowed";
        case Code::LimitExceeded:
            return "limit_exceeded";
        case Code::CustomerNotFound:
            return "customer_not_found";
        case Code::FeatureNotFound:
            return "feature_not_found";
        case Code::EntityNotFound:
            return "entity_not_found";
        case Code::NoActiveSubscription:
            return "no_active_subscription";
        case Code::FeatureNotInPlan:
            return "feature_not_in_plan";
        case Code::UnknownFeatureType:
            return "unknown_feature_type";
        case Code::PlanNotFound:
            return "plan_not_found";
        case Code::PackNotFound:
            return "pack_not_found";
        case Code::EntityExists:
            return "entity_exists";
        case Code::NothingToInvoice:
            return "nothing_to_invoice";
        case Code::IdempotencyConflict:
            return "idempotency_conflict";
        case Code::AmountOutOfRange:
            return "amount_out_of_range";
        case Code::OccurredAtOutOfRange:
            return "occurred_at_out_of_range";
        case Code::SubscriptionNotFound:
            return "subscription_not_found";
        case Code::CustomerConflict:
            return "customer_conflict";
        case Code::OrganisationNotFound:
            return "organisation_not_found";
        case Code::KeyNotFound:
            return "key_not_found";
        case Code::QuantityOutOfRange:
            return "quantity_out_of_range";
        case Code::ProviderNotConfigured:
            return "provider_not_configured";
        case Code::InvalidRequest:
            return "invalid_request";
        case Code::LedgerNotOpen:
            return "ledger_not_open";
        case Code::AlreadyExists:
            return "already_exists";
        case Code::InvoiceNotFound:
            return "invoice_not_found";
        case Code::InvoiceNotOpen:
            return "invoice_not_open";
        case Code::InvoiceBelowMinimum:
            return "invoice_below_provider_minimum";
        case Code::PaymentNotFound:
            return "payment_not_found";
        case Code::PaymentMismatch:
            return "payment_mismatch";
        case Code::PaymentMethodNotFound:
            return "payment_method_not_found";
        case Code::SubscriptionNotPending:
            return "subscription_not_pending";
        case Code::OverrideNotFound:
            return "override_not_found";
        case Code::ReservationNotFound:
            return "reservation_not_found";
        case Code::TooManyReservations:
            return "too_many_reservations";
        case Code::InvoiceCredited:
            return "invoice_credited";
        case Code::OveragePriceRequired:
            return "overage_price_required";
        case Code::WebhookEndpointNotFound:
            return "webhook_endpoint_not_found";
    }
    return "invalid_request";
}

std::string_view name_of(Code code) {
    return error_code(code).text();
}

std::string_view name_of(AttachType type) {
    switch (type) {
        case AttachType::New:
            return "new";
        case AttachType::Upgrade:
            return "upgrade";
        case AttachType::Downgrade:
            return "downgrade";
        case AttachType::Lateral:
            return "lateral";
        case AttachType::Trial:
            return "new";
    }
    return "new";
}

std::string_view name_of(Bucket bucket) {
    switch (bucket) {
        case Bucket::Rollover:
            return "rollover";
        case Bucket::Allowance:
            return "included";
        case Bucket::Credit:
            return "credit";
        case Bucket::Prepaid:
            return "prepaid";
        case Bucket::Overage:
            return "overage";
    }
    return "included";
}

bool is_refusal(Code code) {
    switch (code) {
        case Code::Ok:
        case Code::Tracked:
        case Code::TrackedOverage:
        case Code::AddonCreditsUsed:
        case Code::AccessGranted:
        case Code::OverageAllowed:
            return false;
        default:
            return true;
    }
}

bool is_refusal(const Outcome& outcome) {
    if (const auto* usage = std::get_if<UsageAnswer>(&outcome)) return is_refusal(usage->code);
    return std::holds_alternative<Rejection>(outcome) ||
           std::holds_alternative<EntityRefused>(outcome);
}

}  // namespace quipu::ledger
