// What a quantity costs, exactly (docs/contract/rating.md).
#pragma once

#include "judge/rational.h"
#include "rating/rate_card.h"

namespace quipu::judge {

// In minor units of the plan's currency, before any rounding. `billable` is in units of the meter.
[[nodiscard]] Rational price(const rating::RateCard& card, const Rational& billable);

}  // namespace quipu::judge
