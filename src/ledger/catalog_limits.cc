#include "ledger/catalog_limits.h"

namespace quipu::ledger {
namespace {

constexpr base::Quantity kZero;

void inspect(FieldInspector& in, const Feature& feature) {
    in.slug("feature.slug", feature.slug);
    in.text("feature.name", feature.name, kMaxNameBytes);
}

void inspect(FieldInspector& in, const CreditSystem& system) {
    in.slug("credit_system.slug", system.slug);
    in.text("credit_system.name", system.name, kMaxNameBytes);
    in.optional_text("credit_system.description", system.description, kMaxDescriptionBytes);
    for (const CreditCost& cost : system.features) {
        in.slug("credit_cost.feature", cost.feature);
        in.total("credit_cost.cost", cost.cost);
    }
}

void inspect(FieldInspector& in, const CreditPack& pack) {
    in.slug("credit_pack.slug", pack.slug);
    in.text("credit_pack.name", pack.name, kMaxNameBytes);
    in.optional_text("credit_pack.description", pack.description, kMaxDescriptionBytes);
    in.total("credit_pack.credits", pack.credits);
    in.whole("credit_pack.price_minor", pack.price_minor, kMaxFeeMinor);
    in.slug("credit_pack.credit_system", pack.credit_system);
    in.optional_text("credit_pack.provider", pack.provider, kMaxNameBytes);
    in.metadata("credit_pack.metadata_json", pack.metadata_json);
    in.instant("credit_pack.created_at", pack.created_at);
    in.instant("credit_pack.updated_at", pack.updated_at);
}

void inspect(FieldInspector& in, const PlanFeature& feature) {
    in.slug("plan_feature.feature", feature.feature);
    in.total("plan_feature.included", feature.card.included);
    in.total("plan_feature.billing_units", feature.card.billing_units);
    in.price("plan_feature.price_per_unit", feature.card.price_per_unit);
    in.price("plan_feature.overage_price", feature.card.overage_price);
    for (const rating::Tier& tier : feature.card.tiers) {
        in.total("tier.up_to", tier.up_to);
        in.price("tier.unit_price", tier.unit_price);
        in.price("tier.flat_fee", tier.flat_fee);
    }
    in.total("plan_feature.trial_limit", feature.trial_limit);
    in.total("plan_feature.max_overage_units", feature.max_overage_units);
    in.total("plan_feature.credit_cost", feature.credit_cost);
    if (feature.rollover) {
        if (feature.rollover->max)
            in.quantity("rollover.max", *feature.rollover->max, kZero, base::kMaxTotal);
        in.whole("rollover.windows", feature.rollover->windows, kMaxRolloverWindows);
    }
}

void inspect(FieldInspector& in, const Plan& plan) {
    in.slug("plan.slug", plan.slug);
    in.text("plan.name", plan.name, kMaxNameBytes);
    in.optional_text("plan.description", plan.description, kMaxDescriptionBytes);
    in.whole("plan.price_minor", plan.price_minor, kMaxFeeMinor);
    in.whole("plan.trial_days", plan.trial_days, kMaxTrialDays);
    in.optional_text("plan.group", plan.group, kMaxSlugBytes);
    in.optional_text("plan.provider", plan.provider, kMaxNameBytes);
    in.metadata("plan.metadata_json", plan.metadata_json);
    in.instant("plan.created_at", plan.created_at);
    for (const PlanFeature& feature : plan.features) inspect(in, feature);
}

}  // namespace

void inspect(FieldInspector& in, const Catalog& catalog) {
    for (const Feature& feature : catalog.features) inspect(in, feature);
    for (const CreditSystem& system : catalog.credit_systems) inspect(in, system);
    for (const CreditPack& pack : catalog.credit_packs) inspect(in, pack);
    for (const Plan& plan : catalog.plans) inspect(in, plan);
}

}  // namespace quipu::ledger
