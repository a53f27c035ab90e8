// The calendar of the judge: reset windows and billing periods, each found by counting from the
// beginning.
#pragma once

#include <vector>

#include "base/instant.h"
#include "ledger/window.h"

namespace quipu::judge {

// The window that holds `at` (docs/contract/windows.md#alignment). Calendar weeks begin on Monday
// (docs/contract/decided.md#calendar-weeks). What does not reset has one window from the anchor on.
[[nodiscard]] base::Period window_around(ledger::Interval interval, ledger::Alignment alignment,
                                         base::Instant anchor, base::Instant at);
[[nodiscard]] base::Period period_around(ledger::Interval interval, base::Instant anchor,
                                         base::Instant at);

// When usage of a plan with this interval is invoiced first, after `after`: at its period's end,
// and on plans longer than a month at every month counted from the anchor
// (docs/contract/decided.md#monthly-usage-of-long-plans).
[[nodiscard]] base::Instant next_closing(ledger::Interval interval, base::Instant anchor,
                                         base::Instant after);

}  // namespace quipu::judge
