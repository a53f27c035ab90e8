#include "ledger/payment.h"

namespace quipu::ledger {

std::string_view name_of(PaymentMethodType type) {
    return type == PaymentMethodType::Card ? "card" : "provider_managed";
}

std::string_view name_of(IntentPurpose purpose) {
    switch (purpose) {
        case IntentPurpose::Invoice:
            return "invoice_payment";
        case IntentPurpose::Subscribe:
            return "new_subscription";
        case IntentPurpose::Switch:
            return "plan_upgrade";
        case IntentPurpose::Purchase:
            return "credit_purchase";
        case IntentPurpose::Setup:
            return "card_setup";
        case IntentPurpose::Trial:
            return "trial";
    }
    return "";
}

std::string_view name_of(IntentStatus status) {
    switch (status) {
        case IntentStatus::Pending:
            return "pending";
        case IntentStatus::Succeeded:
            return "succeeded";
        case IntentStatus::Failed:
            return "failed";
        case IntentStatus::Expired:
            return "expired";
        case IntentStatus::Canceled:
            return "canceled";
        case IntentStatus::Refunded:
            return "refunded";
    }
    return "";
}

}  // namespace quipu::ledger
