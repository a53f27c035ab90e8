// What a switch in mid-period costs.
#pragma once

#include <cstdint>

#include "base/instant.h"

namespace quipu::rating {

// `left` is the share of `period` after `at`, within [0, 1]. The exact difference is rounded, once,
// half away from zero (docs/contract/subscriptions.md#upgrade). Fees are minor units >= 0.

// Both fees for the rest of one period: (new - old) * left. A period without length charges the
// full new fee.
[[nodiscard]] std::int64_t prorated_difference(std::int64_t old_fee_minor,
                                               std::int64_t new_fee_minor, base::Period period,
                                               base::Instant at);

// A whole new period, less the rest of the old one: new - old * left.
[[nodiscard]] std::int64_t fee_less_rest(std::int64_t new_fee_minor, std::int64_t old_fee_minor,
                                         base::Period period, base::Instant at);

}  // namespace quipu::rating
