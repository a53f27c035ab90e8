#include "api/usage/usage_message.h"

#include <fmt/format.h>

namespace quipu::api {
namespace {

using ledger::Code;
using ledger::Refusal;
using ledger::UsageAnswer;

std::string text_of(const std::optional<base::Quantity>& value, const char* none) {
    return value ? value->to_string() : none;
}

std::string resets_sentence(const UsageAnswer& answer) {
    return answer.resets_at ? fmt::format(" Resets at {}.", base::format_instant(*answer.resets_at))
                            : std::string();
}

bool is_usage_based(const ledger::PlanFeature* terms) {
    return terms != nullptr && terms->card.usage_model == rating::UsageModel::UsageBased;
}

std::string granted(const UsageAnswer& answer, std::string_view plan,
                    const ledger::PlanFeature* terms) {
    if (!answer.metered) {
        if (!answer.trial_ends_at)
            return fmt::format("Feature '{}' enabled on {}.", answer.feature, plan);
        return fmt::format("Feature '{}' enabled on {} via free trial (ends {}).", answer.feature,
                           plan, base::format_instant(*answer.trial_ends_at));
    }
    if (is_usage_based(terms) && !answer.trial_ends_at) {
        return fmt::format("Usage-based access granted for '{}'. Usage will be billed.",
                           answer.feature);
    }
    if (!answer.limit) return fmt::format("Unlimited access to '{}' on {}.", answer.feature, plan);
    return fmt::format("Access granted — used {} of {}.", text_of(answer.usage, "0"),
                       answer.limit->to_string());
}

std::string tracked(const UsageAnswer& answer, const ledger::PlanFeature* terms) {
    if (is_usage_based(terms) && !answer.trial_ends_at)
        return "Usage tracked successfully. This usage is billable.";
    return fmt::format("Usage tracked successfully ({} remaining).",
                       text_of(answer.balance, "Infinity"));
}

std::string addon_used(const UsageAnswer& answer, UsageWords words) {
    switch (words) {
        case UsageWords::Check:
            return fmt::format("Plan credits exhausted. {} add-on credits will be deducted.",
                               answer.addon_used.to_string());
        case UsageWords::CheckAndRecord:
            return fmt::format("Plan credits exhausted. {} add-on credits deducted.",
                               answer.addon_used.to_string());
        case UsageWords::Track:
            break;
    }
    return fmt::format("Usage tracked using {} add-on credits ({} remaining).",
                       answer.addon_used.to_string(),
                       answer.credits ? answer.credits->addon_balance.to_string() : "0");
}

std::string refused(const UsageAnswer& answer, const ledger::PlanFeature* terms, UsageWords words) {
    // A check of included usage names the limit, whatever the guard's reason
    // (docs/contract/checks-and-usage.md#sentences).
    const bool says_why = words == UsageWords::Track || is_usage_based(terms);
    if (says_why && answer.refused.why == Refusal::OverageUnitsCap) {
        return fmt::format("Overage cap reached ({}/{} overage units used).",
                           answer.refused.used.to_string(), answer.refused.cap.to_string());
    }
    if (says_why && answer.refused.why == Refusal::OverageAmountCap) {
        return fmt::format("Overage spending cap reached ({}/{} block).",
                           answer.refused.used.to_string(), answer.refused.cap.to_string());
    }
    if (says_why && answer.refused.why == Refusal::NoPaymentMethod)
        return "No payment method on file. Add a card to enable overage billing.";
    if (words == UsageWords::Track) {
        return fmt::format("Usage tracking denied — limit reached ({} remaining).{}",
                           text_of(answer.balance, "Infinity"), resets_sentence(answer));
    }
    return fmt::format("Usage limit reached ({}/{}).{}", text_of(answer.usage, "0"),
                       text_of(answer.limit, "Infinity"), resets_sentence(answer));
}

}  // namespace

std::string usage_message(const UsageAnswer& answer, std::string_view plan,
                          const ledger::PlanFeature* terms, UsageWords words) {
    if (!answer.message.empty()) return answer.message;
    switch (answer.code) {
        case Code::AccessGranted:
            return granted(answer, plan, terms);
        case Code::Tracked:
            return tracked(answer, terms);
        case Code::AddonCreditsUsed:
            return addon_used(answer, words);
        case Code::OverageAllowed:
            return fmt::format("Usage exceeds limit ({}/{}), overage will be billed.",
                               text_of(answer.usage, "0"), text_of(answer.limit, "Infinity"));
        case Code::TrackedOverage:
            return "Usage tracked as overage (will be billed).";
        case Code::LimitExceeded:
            return refused(answer, terms, words);
        case Code::AmountOutOfRange:
            return "The numbers of this usage exceed what the ledger can hold.";
        default:
            return std::string(name_of(answer.code));
    }
}

}  // namespace quipu::api
