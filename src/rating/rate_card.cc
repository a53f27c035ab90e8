#include "rating/rate_card.h"

#include <fmt/format.h>

#include <algorithm>

namespace quipu::rating {

std::optional<base::UnitPrice> package_price(const RateCard& card) {
    const bool overage_first = card.usage_model == UsageModel::Included;
    const auto& first = overage_first ? card.overage_price : card.price_per_unit;
    const auto& second = overage_first ? card.price_per_unit : card.overage_price;
    return first ? first : second;
}

base::Quantity package_size(const RateCard& card) {
    return std::max(card.billing_units, base::Quantity::from_int(1));
}

UsageModel usage_model_from(std::string_view name) {
    if (name == "usage_based") return UsageModel::UsageBased;
    if (name == "prepaid") return UsageModel::Prepaid;
    return UsageModel::Included;
}

RatingModel rating_model_from(std::string_view name) {
    if (name == "graduated") return RatingModel::Graduated;
    if (name == "volume") return RatingModel::Volume;
    return RatingModel::Package;
}

std::string_view name_of(UsageModel model) {
    switch (model) {
        case UsageModel::Included:
            return "included";
        case UsageModel::UsageBased:
            return "usage_based";
        case UsageModel::Prepaid:
            return "prepaid";
    }
    return "included";
}

std::string_view name_of(RatingModel model) {
    switch (model) {
        case RatingModel::Package:
            return "package";
        case RatingModel::Graduated:
            return "graduated";
        case RatingModel::Volume:
            return "volume";
    }
    return "package";
}

std::optional<std::string> tier_problem(const RateCard& card) {
    if (card.rating_model == RatingModel::Package) return std::nullopt;
    if (card.tiers.empty()) {
        return fmt::format("{} pricing requires at least one tier.", name_of(card.rating_model));
    }
    for (std::size_t i = 0; i < card.tiers.size(); ++i) {
        const Tier& tier = card.tiers[i];
        if (!tier.unit_price && !tier.flat_fee) {
            return fmt::format("Tier {} must define unitPrice, flatFee, or both.", i + 1);
        }
        if (tier.unit_price && tier.unit_price->is_negative()) {
            return fmt::format("Tier {} must have a non-negative unitPrice.", i + 1);
        }
        if (tier.flat_fee && tier.flat_fee->is_negative()) {
            return fmt::format("Tier {} must have a non-negative flatFee.", i + 1);
        }
        if (!tier.up_to) {
            if (i + 1 != card.tiers.size()) return "Only the last tier can be open-ended.";
            continue;
        }
        const base::Quantity previous = i == 0 ? base::Quantity{} : *card.tiers[i - 1].up_to;
        if (*tier.up_to <= previous) {
            return fmt::format("Tier {} must end above tier {}.", i + 1, i);
        }
    }
    return std::nullopt;
}

}  // namespace quipu::rating
