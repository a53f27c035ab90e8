#include "rating/price.h"

#include <algorithm>

namespace quipu::rating {
namespace {

using base::Amount;
using base::Quantity;
using base::UnitPrice;

std::optional<Amount> package_total(const RateCard& card, Quantity billable) {
    const UnitPrice price = package_price(card).value_or(UnitPrice{});
    const base::Int128 size = package_size(card).coefficient();
    const base::Int128 packages =
        billable.coefficient() / size + (billable.coefficient() % size != 0 ? 1 : 0);
    const auto total = price.times(base::Decimal<0>::from_coefficient(packages));
    if (!total) return std::nullopt;
    return total->widen<Amount::kScale>();
}

std::optional<Amount> tier_amount(const Tier& tier, Quantity units) {
    const auto by_unit = tier.unit_price ? units.times(*tier.unit_price) : Amount{};
    const auto flat = tier.flat_fee ? tier.flat_fee->widen<Amount::kScale>() : Amount{};
    if (!by_unit || !flat) return std::nullopt;
    return by_unit->plus(*flat);
}

bool is_last(const RateCard& card, std::size_t index) {
    return index + 1 == card.tiers.size();
}

std::size_t tier_of(const RateCard& card, Quantity billable) {
    std::size_t index = 0;
    while (!is_last(card, index) && card.tiers[index].up_to && billable > *card.tiers[index].up_to)
        ++index;
    return index;
}

// Calls visit(tier index, units) for each tier that prices something.
template <typename Visit>
void walk_tiers(const RateCard& card, Quantity billable, Visit&& visit) {
    if (!billable.is_positive() || card.tiers.empty()) return;
    const std::size_t reached = tier_of(card, billable);
    if (card.rating_model == RatingModel::Volume) {
        visit(reached, billable);
        return;
    }
    Quantity start;
    for (std::size_t index = 0; index <= reached; ++index) {
        const Quantity end = index == reached ? billable : *card.tiers[index].up_to;
        visit(index, end - start);
        start = end;
    }
}

}  // namespace

Quantity billable_quantity(const RateCard& card, Quantity usage) {
    const Quantity used = std::max(usage, Quantity{});
    switch (card.usage_model) {
        case UsageModel::UsageBased:
            return used;
        case UsageModel::Prepaid:
            return Quantity{};
        case UsageModel::Included:
            break;
    }
    if (!card.included) return Quantity{};
    return std::max(used - *card.included, Quantity{});
}

std::optional<Amount> price(const RateCard& card, Quantity billable) {
    if (!billable.is_positive()) return Amount{};
    if (card.rating_model == RatingModel::Package) return package_total(card, billable);
    std::optional<Amount> total = Amount{};
    walk_tiers(card, billable, [&](std::size_t index, Quantity units) {
        const auto amount = tier_amount(card.tiers[index], units);
        total = total && amount ? total->plus(*amount) : std::nullopt;
    });
    return total;
}

std::optional<std::int64_t> price_minor(const RateCard& card, Quantity billable) {
    const auto exact = price(card, billable);
    return exact ? base::round_to_minor(*exact) : std::nullopt;
}

std::vector<TierStep> tier_steps(const RateCard& card, Quantity billable) {
    std::vector<TierStep> steps;
    if (card.rating_model == RatingModel::Package) return steps;
    walk_tiers(card, billable, [&](std::size_t index, Quantity units) {
        const Tier& tier = card.tiers[index];
        steps.push_back({index, units, tier.unit_price, tier.flat_fee,
                         tier_amount(tier, units).value_or(Amount{})});
    });
    return steps;
}

std::optional<ReachedTier> reached_tier(const RateCard& card, Quantity billable) {
    if (card.rating_model == RatingModel::Package || card.tiers.empty() ||
        !billable.is_positive()) {
        return std::nullopt;
    }
    const std::size_t index = tier_of(card, billable);
    return ReachedTier{index, index == 0 ? Quantity{} : *card.tiers[index - 1].up_to,
                       card.tiers[index].up_to};
}

}  // namespace quipu::rating
