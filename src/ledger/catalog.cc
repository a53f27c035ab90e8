#include "ledger/catalog.h"

#include <algorithm>

namespace quipu::ledger {
namespace {

template <typename Item>
const Item* find_by_slug(const std::vector<Item>& items, std::string_view slug) {
    const auto found = std::ranges::find(items, slug, &Item::slug);
    return found == items.end() ? nullptr : &*found;
}

bool negative(const std::optional<base::Quantity>& value) {
    return value && value->is_negative();
}
bool negative(const std::optional<base::UnitPrice>& value) {
    return value && value->is_negative();
}

}  // namespace

const Feature* find_feature(const Catalog& catalog, std::string_view slug) {
    return find_by_slug(catalog.features, slug);
}
const CreditSystem* find_credit_system(const Catalog& catalog, std::string_view slug) {
    return find_by_slug(catalog.credit_systems, slug);
}
const CreditPack* find_credit_pack(const Catalog& catalog, std::string_view slug) {
    return find_by_slug(catalog.credit_packs, slug);
}
const Plan* find_plan(const Catalog& catalog, std::string_view slug) {
    return find_by_slug(catalog.plans, slug);
}
const PlanFeature* find_plan_feature(const Plan& plan, std::string_view feature) {
    const auto found = std::ranges::find(plan.features, feature, &PlanFeature::feature);
    return found == plan.features.end() ? nullptr : &*found;
}

void normalise(PlanFeature& feature) {
    rating::RateCard& card = feature.card;
    if (card.usage_model == rating::UsageModel::UsageBased) {
        card.included.reset();
        feature.trial_limit.reset();
        feature.overage = OverageMode::Charge;
        card.overage_price.reset();
    }
    if (card.rating_model == rating::RatingModel::Package) {
        card.tiers.clear();
    } else {
        card.price_per_unit.reset();
        card.billing_units = base::Quantity::from_int(1);
    }
}

bool has_overage_price(const PlanFeature& feature) {
    return !feature.card.tiers.empty() || rating::package_price(feature.card).has_value();
}

std::optional<std::string> pricing_problem(const PlanFeature& feature) {
    const rating::RateCard& card = feature.card;
    const auto not_negative = [](std::string_view field) {
        return std::string(field) + " must be a non-negative number.";
    };
    if (negative(card.included)) return not_negative("limitValue");
    if (negative(card.price_per_unit)) return not_negative("pricePerUnit");
    if (negative(card.overage_price)) return not_negative("overagePrice");
    if (card.billing_units.is_negative()) return not_negative("billingUnits");
    if (negative(feature.max_overage_units)) return not_negative("maxOverageUnits");
    if (feature.credit_cost.is_negative()) return not_negative("creditCost");
    if (negative(feature.trial_limit)) return not_negative("trialLimitValue");
    if (!card.billing_units.is_positive()) return "billingUnits must be greater than 0.";
    if (card.rating_model == rating::RatingModel::Package) {
        if (card.usage_model == rating::UsageModel::UsageBased && !card.price_per_unit) {
            return "Usage-based package pricing requires pricePerUnit.";
        }
        if (feature.overage == OverageMode::Charge &&
            card.usage_model == rating::UsageModel::Included && !has_overage_price(feature)) {
            return "Charge overage pricing requires overagePrice or pricePerUnit.";
        }
        return std::nullopt;
    }
    return rating::tier_problem(card);
}

}  // namespace quipu::ledger
