#include "ledger/settings.h"

namespace quipu::ledger {

bool takes_payments(const BillingSettings& settings) {
    return settings.provider != kManualProvider;
}

BillingSettings patched(const BillingSettings& settings, const SettingsPatch& patch) {
    BillingSettings next = settings;
    if (patch.require_payment_method) next.require_payment_method = *patch.require_payment_method;
    if (patch.threshold_minor) {
        next.threshold_minor = *patch.threshold_minor;
        next.threshold_enabled = *patch.threshold_minor > 0;
    }
    if (patch.threshold_enabled) next.threshold_enabled = *patch.threshold_enabled;
    if (!next.threshold_enabled) next.threshold_minor = 0;
    if (patch.auto_collect) next.auto_collect = *patch.auto_collect;
    if (patch.grace_hours) next.grace_hours = *patch.grace_hours;
    if (patch.retry_hours) next.retry_hours = *patch.retry_hours;
    if (patch.past_due_after_hours) next.past_due_after_hours = *patch.past_due_after_hours;
    return next;
}

std::optional<std::string> settings_problem(const BillingSettings& settings) {
    if (!settings.threshold_enabled) return std::nullopt;
    if (!settings.auto_collect)
        return "Threshold overage billing requires auto-collect to be enabled";
    if (settings.threshold_minor <= 0)
        return "Threshold overage billing requires a positive threshold amount";
    return std::nullopt;
}

}  // namespace quipu::ledger
