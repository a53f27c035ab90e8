// The naive ledger's arithmetic: packages sold one by one, tiers walked from the first.
#include <algorithm>

#include "model/naive_ledger.h"

namespace quipu::testing {

using base::Int128;
using base::Quantity;
using rating::RatingModel;
using rating::UsageModel;

namespace {

// Half away from zero, written out.
Int128 rounded(Int128 numerator, Int128 denominator) {
    const bool negative = numerator < 0;
    const Int128 magnitude = negative ? -numerator : numerator;
    const Int128 doubled = (2 * magnitude + denominator) / (2 * denominator);
    return negative ? -doubled : doubled;
}

}  // namespace

std::int64_t naive_price(const rating::RateCard& card, Quantity billable) {
    if (billable.coefficient() <= 0) {
        return 0;
    }
    // In 10^-21 minor units, so that unit times unit price is exact.
    Int128 total = 0;
    const auto flat = [](const rating::Tier& tier) {
        return tier.flat_fee ? tier.flat_fee->coefficient() * 1'000'000'000 : Int128{0};
    };
    const auto unit = [](const rating::Tier& tier) {
        return tier.unit_price ? tier.unit_price->coefficient() : Int128{0};
    };
    if (card.rating_model == RatingModel::Package) {
        const bool overage_first = card.usage_model == UsageModel::Included;
        const auto& first = overage_first ? card.overage_price : card.price_per_unit;
        const auto& second = overage_first ? card.price_per_unit : card.overage_price;
        const Int128 price = first ? first->coefficient() : second ? second->coefficient() : 0;
        for (Quantity sold; sold < billable; sold += card.billing_units) {
            total += price * 1'000'000'000;
        }
    } else if (card.rating_model == RatingModel::Volume) {
        const rating::Tier* reached = &card.tiers.back();
        for (auto tier = card.tiers.rbegin(); tier != card.tiers.rend(); ++tier) {
            if (tier->up_to && billable <= *tier->up_to) {
                reached = &*tier;
            }
        }
        total = billable.coefficient() * unit(*reached) + flat(*reached);
    } else {
        Int128 priced = 0;
        for (std::size_t i = 0; i < card.tiers.size() && priced < billable.coefficient(); ++i) {
            const bool last = i + 1 == card.tiers.size();
            const Int128 end =
                last ? billable.coefficient()
                     : std::min(billable.coefficient(), card.tiers[i].up_to->coefficient());
            total += (end - priced) * unit(card.tiers[i]) + flat(card.tiers[i]);
            priced = end;
        }
    }
    return static_cast<std::int64_t>(rounded(total, base::power_of_ten(21)));
}

}  // namespace quipu::testing
