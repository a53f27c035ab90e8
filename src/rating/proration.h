// What a switch in mid-period costs: both plans' fees for the time that is left.
#pragma once

#include <cstdint>

#include "base/instant.h"

namespace quipu::rating {

// round(new * left) - round(old * left), `left` being the share of `period` after `at`, within [0,
// 1] (docs/contract/subscriptions.md#upgrade). A period without length charges the full new fee.
// Fees are minor units >= 0.
[[nodiscard]] std::int64_t prorated_difference(std::int64_t old_fee_minor,
                                               std::int64_t new_fee_minor, base::Period period,
                                               base::Instant at);

}  // namespace quipu::rating
