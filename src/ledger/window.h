// The reset windows of a meter and the billing periods of a plan, as functions of an anchor and a
// moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/fields.h"
#include "base/instant.h"

namespace quipu::ledger {

// Reset intervals of plan features and billing intervals of plans
// (docs/contract/catalog.md#intervals).
enum class Interval : std::uint8_t {
    Never = 1,
    None = 2,
    FiveMinutes = 3,
    FifteenMinutes = 4,
    ThirtyMinutes = 5,
    Hourly = 6,
    Daily = 7,
    Weekly = 8,
    Monthly = 9,
    Quarterly = 10,
    SemiAnnual = 11,
    Yearly = 12,
};

// Canonical names and the aliases `hour day week month quarter year annually biannually`; unknown
// text has no interval.
[[nodiscard]] std::optional<Interval> interval_from(std::string_view name);
[[nodiscard]] std::string_view name_of(Interval interval);
[[nodiscard]] inline bool resets(Interval interval) {
    return interval != Interval::Never && interval != Interval::None;
}

enum class Alignment : std::uint8_t {
    Subscription = 1,  // weekly and longer windows count from the anchor
    Calendar = 2,      // they follow the UTC calendar; weeks begin on Sunday
};
QUIPU_ENUMERATORS(Alignment, Subscription, Calendar)

// The window that contains `at`. Daily and shorter windows always follow the UTC clock. Intervals
// that never reset have one window from the anchor on; a moment before the anchor belongs to it
// too.
[[nodiscard]] base::Period window_at(Interval interval, Alignment alignment, base::Instant anchor,
                                     base::Instant at);

// The billing period that contains `at`, counted from the anchor in whole intervals, hours and days
// included.
[[nodiscard]] base::Period billing_period_at(Interval interval, base::Instant anchor,
                                             base::Instant at);

}  // namespace quipu::ledger
