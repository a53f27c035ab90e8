// The price of a quantity: one function on totals, so that charges of a window always sum to the
// price of the window.
//
// The rating law: what a step costs is `price_minor(after) - price_minor(before)`, both rounded
// half away from zero to whole minor units. Tiers and allowances therefore never restart, and an
// invoice in mid-window bills a difference.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/decimal.h"
#include "base/fields.h"
#include "rating/rate_card.h"

namespace quipu::rating {

// What of `usage` nobody funded: included = over the allowance, usage-based = all, prepaid = none.
// Unlimited is never billable.
[[nodiscard]] base::Quantity billable_quantity(const RateCard& card, base::Quantity usage);

// The exact price of `billable` units (negative counts as zero); nullopt when it exceeds what an
// Amount holds.
[[nodiscard]] std::optional<base::Amount> price(const RateCard& card, base::Quantity billable);

// The same, rounded once. nullopt = out of range.
[[nodiscard]] std::optional<std::int64_t> price_minor(const RateCard& card,
                                                      base::Quantity billable);

// One line of the arithmetic behind a tiered price.
struct TierStep {
    std::size_t tier = 0;  // index from 0
    base::Quantity units;
    std::optional<base::UnitPrice> unit_price;
    std::optional<base::UnitPrice> flat_fee;
    base::Amount amount;

    friend bool operator==(const TierStep&, const TierStep&) = default;
};
QUIPU_FIELDS(TierStep, tier, units, unit_price, flat_fee, amount)

// Empty for package rating and for nothing billable; the amounts sum to `price`.
[[nodiscard]] std::vector<TierStep> tier_steps(const RateCard& card, base::Quantity billable);

// The tier that the last billable unit reached.
struct ReachedTier {
    std::size_t index = 0;
    base::Quantity starts_at;
    std::optional<base::Quantity> ends_at;  // none: open-ended
};
[[nodiscard]] std::optional<ReachedTier> reached_tier(const RateCard& card,
                                                      base::Quantity billable);

}  // namespace quipu::rating
