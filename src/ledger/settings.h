// How an organisation collects its money: its payment provider, thresholds, retries. Published into
// every account partition, so that each sees a change at a definite offset.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"

namespace quipu::ledger {

inline constexpr std::string_view kManualProvider = "manual";

struct BillingSettings {
    std::uint64_t version = 0;  // rises by one per change of the organisation
    std::string provider{kManualProvider};
    bool require_payment_method = true;  // for overage; without meaning under `manual`
    bool threshold_enabled = false;      // bill unbilled usage as soon as it reaches the threshold
    std::int64_t threshold_minor = 0;
    bool auto_collect = false;      // charge invoices of usage by itself; fees are always charged
    std::uint32_t grace_hours = 0;  // between the threshold and its invoice
    // Hours from each failed charge of an invoice to the next attempt; none left: no more attempts.
    std::vector<std::uint32_t> retry_hours{24, 48, 72, 96};
    std::uint32_t past_due_after_hours = 72;  // access after a renewal whose fee is not paid

    friend bool operator==(const BillingSettings&, const BillingSettings&) = default;
};
QUIPU_FIELDS(BillingSettings, version, provider, require_payment_method, threshold_enabled,
             threshold_minor, auto_collect, grace_hours, retry_hours, past_due_after_hours)

// A change: what is absent stays.
struct SettingsPatch {
    std::optional<std::string> provider;  // "" = the server's default again
    std::optional<bool> require_payment_method;
    std::optional<bool> threshold_enabled;
    std::optional<std::int64_t> threshold_minor;
    std::optional<bool> auto_collect;
    std::optional<std::uint32_t> grace_hours;
    std::optional<std::vector<std::uint32_t>> retry_hours;
    std::optional<std::uint32_t> past_due_after_hours;

    friend bool operator==(const SettingsPatch&, const SettingsPatch&) = default;
};
QUIPU_FIELDS(SettingsPatch, provider, require_payment_method, threshold_enabled, threshold_minor,
             auto_collect, grace_hours, retry_hours, past_due_after_hours)

// Limits of a patch: hours, threshold, number of retries.
inline constexpr std::uint32_t kMaxSettingsHours = 24 * 60;
inline constexpr std::int64_t kMaxThresholdMinor = 1'000'000'000'000;
inline constexpr std::size_t kMaxRetries = 10;

// Whether a provider collects; under `manual` invoices wait until they are marked paid.
[[nodiscard]] bool takes_payments(const BillingSettings& settings);

// The settings after a change, with threshold rules applied: switching the threshold off clears its
// amount. Does not touch provider and version.
[[nodiscard]] BillingSettings patched(const BillingSettings& settings, const SettingsPatch& patch);
// The sentence why these settings cannot be; none when sound
// (docs/contract/billing-settings.md#unsound-settings).
[[nodiscard]] std::optional<std::string> settings_problem(const BillingSettings& settings);

}  // namespace quipu::ledger
