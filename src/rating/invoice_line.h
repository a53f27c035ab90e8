// How a priced window reads on an invoice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "rating/rate_card.h"

namespace quipu::rating {

// `API Calls: 50 units (10 per package)`; tiered cards name their model
// (docs/contract/rating.md#shown-unit-price).
[[nodiscard]] std::string usage_description(std::string_view feature_name, const RateCard& card,
                                            base::Quantity billable);

// The unit price to show, in whole minor units: package price over package size, half up; the
// reached tier's for volume; 0 for graduated. Only for reading: the line's amount is authoritative.
[[nodiscard]] std::int64_t display_unit_price(const RateCard& card, base::Quantity billable);

}  // namespace quipu::rating
