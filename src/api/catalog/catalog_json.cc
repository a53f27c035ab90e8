#include "api/catalog/catalog_json.h"

#include "api/request/json.h"

namespace quipu::api {
namespace {

using ledger::PlanFeature;

std::string_view name_of(ledger::FeatureType type) {
    switch (type) {
        case ledger::FeatureType::Metered:
            return "metered";
        case ledger::FeatureType::Boolean:
            return "boolean";
        case ledger::FeatureType::Static:
            return "static";
    }
    return "metered";
}

// How a slug of a plan reads: a feature, or a credit system that stands for one.
struct Described {
    std::string_view name;
    ledger::FeatureType type = ledger::FeatureType::Metered;
    ledger::MeterType meter = ledger::MeterType::Consumable;
};

Described describe(const ledger::Catalog& catalog, std::string_view slug) {
    if (const ledger::Feature* feature = find_feature(catalog, slug))
        return {feature->name, feature->type, feature->meter_type};
    if (const ledger::CreditSystem* system = find_credit_system(catalog, slug))
        return {system->name};
    return {slug};
}

void write_prices(base::JsonWriter& json, const PlanFeature& feature) {
    const rating::RateCard& card = feature.card;
    json.key("usageModel").string(rating::name_of(card.usage_model));
    if (card.price_per_unit) write_price(json.key("pricePerUnit"), *card.price_per_unit);
    write_quantity(json.key("billingUnits"), card.billing_units);
    json.key("ratingModel").string(rating::name_of(card.rating_model));
    if (!card.tiers.empty()) write_tiers(json.key("tiers"), card.tiers);
    if (card.overage_price) write_price(json.key("overagePrice"), *card.overage_price);
    if (feature.overage == ledger::OverageMode::Charge) json.key("overage").string("charge");
    if (feature.max_overage_units)
        write_quantity(json.key("maxOverageUnits"), *feature.max_overage_units);
    if (feature.credit_cost.is_positive())
        write_quantity(json.key("creditCost"), feature.credit_cost);
    if (!feature.rollover) return;
    json.key("rollover").boolean(true);
    if (feature.rollover->max) write_quantity(json.key("maxRollover"), *feature.rollover->max);
}

void write_plan_feature(base::JsonWriter& json, const ledger::Catalog& catalog,
                        const PlanFeature& feature) {
    const Described described = describe(catalog, feature.feature);
    const bool is_boolean = described.type == ledger::FeatureType::Boolean;
    json.begin_object();
    json.key("slug").string(feature.feature);
    json.key("name").string(described.name);
    json.key("type").string(name_of(described.type));
    json.key("meterType")
        .string(described.meter == ledger::MeterType::NonConsumable ? "non_consumable"
                                                                    : "consumable");
    json.key("enabled").boolean(feature.enabled);
    write_quantity(json.key("limit"), feature.card.included);
    write_quantity(json.key("trialLimit"), feature.trial_limit);
    json.key("resetInterval");
    if (is_boolean) {
        json.null();
    } else {
        json.string(ledger::name_of(feature.reset));
    }
    json.key("unit").null();
    if (!is_boolean) write_prices(json, feature);
    json.end_object();
}

void write_changes(base::JsonWriter& json, const ledger::Changes& changes) {
    const auto list = [&](std::string_view name, const std::vector<std::string>& slugs) {
        json.key(name).begin_array();
        for (const std::string& slug : slugs) json.string(slug);
        json.end_array();
    };
    json.begin_object();
    list("created", changes.created);
    list("updated", changes.updated);
    list("unchanged", changes.unchanged);
    json.end_object();
}

}  // namespace

void write_tiers(base::JsonWriter& json, const std::vector<rating::Tier>& tiers) {
    json.begin_array();
    for (const rating::Tier& tier : tiers) {
        json.begin_object();
        write_quantity(json.key("upTo"), tier.up_to);
        if (tier.unit_price) write_price(json.key("unitPrice"), *tier.unit_price);
        if (tier.flat_fee) write_price(json.key("flatFee"), *tier.flat_fee);
        json.end_object();
    }
    json.end_array();
}

void write_plan(base::JsonWriter& json, const ledger::Catalog& catalog, const ledger::Plan& plan,
                PlanShape shape) {
    json.begin_object();
    json.key("id").string(plan.slug);
    json.key("slug").string(plan.slug);
    json.key("name").string(plan.name);
    write_text(json.key("description"), plan.description);
    json.key("price").integer(plan.price_minor);
    json.key("currency").string(plan.currency.code());
    json.key("interval").string(ledger::name_of(plan.interval));
    json.key("type").string(is_free(plan) ? "free" : "paid");
    json.key("billingType")
        .string(plan.billing_type == ledger::BillingType::OneTime ? "one_time" : "recurring");
    json.key("isAddon").boolean(plan.is_addon);
    write_text(json.key("planGroup"), plan.group);
    json.key("trialDays").integer(plan.trial_days);
    json.key("trialCardRequired").boolean(plan.trial_needs_card);
    if (!plan.metadata_json.empty()) json.key("metadata").raw(plan.metadata_json);
    if (shape == PlanShape::Listed) {
        write_text(json.key("provider"), plan.provider);
        json.key("autoEnable").boolean(plan.auto_enable);
    }
    json.key("features").begin_array();
    for (const PlanFeature& feature : plan.features) {
        if (feature.removed_in_version == 0) write_plan_feature(json, catalog, feature);
    }
    json.end_array();
    json.end_object();
}

void write_credit_system(base::JsonWriter& json, const ledger::CreditSystem& system) {
    json.begin_object();
    json.key("slug").string(system.slug);
    json.key("name").string(system.name);
    write_text(json.key("description"), system.description);
    json.key("features").begin_array();
    for (const ledger::CreditCost& cost : system.features) {
        json.begin_object();
        json.key("feature").string(cost.feature);
        write_quantity(json.key("creditCost"), cost.cost);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

void write_credit_pack(base::JsonWriter& json, const ledger::CreditPack& pack) {
    json.begin_object();
    json.key("id").string(pack.slug);
    json.key("slug").string(pack.slug);
    json.key("name").string(pack.name);
    write_text(json.key("description"), pack.description);
    write_quantity(json.key("credits"), pack.credits);
    json.key("price").integer(pack.price_minor);
    json.key("currency").string(pack.currency.code());
    json.key("creditSystemId").string(pack.credit_system);
    json.key("creditSystem").string(pack.credit_system);
    write_text(json.key("provider"), pack.provider);
    json.key("metadata");
    if (pack.metadata_json.empty()) {
        json.null();
    } else {
        json.raw(pack.metadata_json);
    }
    json.key("isActive").boolean(true);
    json.key("createdAt").integer(base::to_millis(pack.created_at));
    json.key("updatedAt").integer(base::to_millis(pack.updated_at));
    json.end_object();
}

void write_sync_report(base::JsonWriter& json, const ledger::SyncReport& report) {
    write_changes(json.key("features"), report.features);
    write_changes(json.key("creditSystems"), report.credit_systems);
    write_changes(json.key("creditPacks"), report.credit_packs);
    write_changes(json.key("plans"), report.plans);
    json.key("warnings").begin_array();
    for (const std::string& warning : report.warnings) json.string(warning);
    json.end_array();
}

}  // namespace quipu::api
