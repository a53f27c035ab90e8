#include "judge/price.h"

#include <algorithm>

namespace quipu::judge {

using rating::RateCard;
using rating::RatingModel;
using rating::Tier;
using rating::UsageModel;

namespace {

Rational packages(const RateCard& card, const Rational& billable) {
    const bool overage_first = card.usage_model == UsageModel::Included;
    const auto& first = overage_first ? card.overage_price : card.price_per_unit;
    const auto& second = overage_first ? card.price_per_unit : card.overage_price;
    const Rational each = of(first).value_or(of(second).value_or(Rational(0)));
    const Rational size = std::max(of(card.billing_units), Rational(1));
    return rounded_up(billable / size) * each;
}

Rational of_tier(const Tier& tier, const Rational& units) {
    return units * of(tier.unit_price).value_or(Rational(0)) +
           of(tier.flat_fee).value_or(Rational(0));
}

bool reaches_past(const Tier& tier, const Rational& units) {
    return tier.up_to && units > of(*tier.up_to);
}

Rational graduated(const RateCard& card, const Rational& billable) {
    Rational total = 0;
    Rational priced = 0;
    for (const Tier& tier : card.tiers) {
        const bool last = &tier == &card.tiers.back();
        const bool goes_on = !last && reaches_past(tier, billable);
        const Rational end = goes_on ? of(*tier.up_to) : billable;
        total += of_tier(tier, end - priced);
        priced = end;
        if (!goes_on) break;
    }
    return total;
}

Rational by_volume(const RateCard& card, const Rational& billable) {
    for (const Tier& tier : card.tiers) {
        const bool last = &tier == &card.tiers.back();
        if (last || !reaches_past(tier, billable)) return of_tier(tier, billable);
    }
    return 0;
}

}  // namespace

Rational price(const RateCard& card, const Rational& billable) {
    if (billable <= 0 || card.usage_model == UsageModel::Prepaid) return 0;
    if (card.rating_model == RatingModel::Package) return packages(card, billable);
    return card.rating_model == RatingModel::Graduated ? graduated(card, billable)
                                                       : by_volume(card, billable);
}

}  // namespace quipu::judge
