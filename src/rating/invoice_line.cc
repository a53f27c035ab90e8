#include "rating/invoice_line.h"

#include <fmt/format.h>

#include "rating/price.h"

namespace quipu::rating {

std::string usage_description(std::string_view feature_name, const RateCard& card,
                              base::Quantity billable) {
    std::string text = fmt::format("{}: {} units", feature_name, billable.to_string());
    if (card.rating_model != RatingModel::Package) {
        text += fmt::format(" ({} pricing)", name_of(card.rating_model));
    } else if (package_size(card) > base::Quantity::from_int(1)) {
        text += fmt::format(" ({} per package)", package_size(card).to_string());
    }
    return text;
}

std::int64_t display_unit_price(const RateCard& card, base::Quantity billable) {
    if (card.rating_model == RatingModel::Graduated) return 0;
    if (card.rating_model == RatingModel::Volume) {
        const auto reached = reached_tier(card, billable);
        if (!reached) return 0;
        const auto& price = card.tiers[reached->index].unit_price;
        return price ? base::round_to_minor(*price).value_or(0) : 0;
    }
    const base::UnitPrice price = package_price(card).value_or(base::UnitPrice{});
    // price / size in minor units: both coefficients brought to the price's scale.
    const auto size = package_size(card).widen<base::UnitPrice::kScale>();
    if (!size) return 0;
    return static_cast<std::int64_t>(
        base::divide_rounding(price.coefficient(), size->coefficient()));
}

}  // namespace quipu::rating
