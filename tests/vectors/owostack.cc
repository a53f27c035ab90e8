// Owostack's vectors, the reference of our API: prices in minor units. Where a vector is marked
// divergent it documents a defect, and our corrected value is asserted instead.
#include "vectors/owostack.h"

namespace quipu::testing {

using base::Quantity;

std::vector<rating::Tier> tiers_of(const Json& tiers) {
    std::vector<rating::Tier> ours;
    for (const Json& tier : tiers) {
        ours.push_back({optional_of<Quantity>(tier, "upTo", quantity),
                        optional_of<base::UnitPrice>(tier, "unitPrice", unit_price),
                        optional_of<base::UnitPrice>(tier, "flatFee", unit_price)});
    }
    return ours;
}

ledger::PlanFeature plan_feature(const Json& config) {
    ledger::PlanFeature feature;
    feature.feature = "api";
    feature.card.usage_model = rating::usage_model_from(string_or(config, "usageModel", ""));
    feature.card.rating_model = rating::rating_model_from(string_or(config, "ratingModel", ""));
    // Tiers without a model are graduated ones.
    if (!config.contains("ratingModel") && config.contains("tiers")) {
        feature.card.rating_model = rating::RatingModel::Graduated;
    }
    const char* limit = config.contains("limitValue") ? "limitValue"
                        : config.contains("included") ? "included"
                                                      : "limit";
    feature.card.included = optional_of<Quantity>(config, limit, quantity);
    feature.trial_limit = optional_of<Quantity>(
        config, config.contains("trialLimitValue") ? "trialLimitValue" : "trialLimit", quantity);
    feature.card.price_per_unit = optional_of<base::UnitPrice>(config, "pricePerUnit", unit_price);
    feature.card.overage_price = optional_of<base::UnitPrice>(config, "overagePrice", unit_price);
    feature.card.billing_units =
        optional_of<Quantity>(config, "billingUnits", quantity).value_or(1_u);
    feature.max_overage_units = optional_of<Quantity>(config, "maxOverageUnits", quantity);
    if (config.contains("tiers") && !config["tiers"].is_null()) {
        feature.card.tiers = tiers_of(config["tiers"]);
    }
    if (string_or(config, "overage", "block") == "charge") {
        feature.overage = ledger::OverageMode::Charge;
    }
    return feature;
}

Given ledger_on(ledger::PlanFeature feature, std::string_view start) {
    ledger::normalise(feature);
    ledger::Catalog catalog = CatalogBuilder().metered("api").plan(Plan("f")).build();
    catalog.plans[0].features = {feature};
    Given ledger(catalog, start);
    ledger.attach("f");
    return ledger;
}

bool run_owostack(const Vector& vector) {
    return run_owostack_rating(vector) || run_owostack_usage(vector) ||
           run_owostack_billing(vector) || run_owostack_plans(vector);
}

}  // namespace quipu::testing
