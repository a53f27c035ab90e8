// What an organisation sells: features, plans, credit systems and packs. One value per published
// version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/currency.h"
#include "base/decimal.h"
#include "base/fields.h"
#include "base/instant.h"
#include "ledger/window.h"
#include "rating/rate_card.h"

namespace quipu::ledger {

enum class FeatureType : std::uint8_t { Metered = 1, Boolean = 2, Static = 3 };
QUIPU_ENUMERATORS(FeatureType, Metered, Boolean, Static)
enum class MeterType : std::uint8_t { Consumable = 1, NonConsumable = 2 };  // non-consumable: seats
QUIPU_ENUMERATORS(MeterType, Consumable, NonConsumable)
enum class OverageMode : std::uint8_t { Block = 1, Charge = 2 };
QUIPU_ENUMERATORS(OverageMode, Block, Charge)
enum class BillingType : std::uint8_t { Recurring = 1, OneTime = 2 };
QUIPU_ENUMERATORS(BillingType, Recurring, OneTime)

struct Feature {
    std::string slug;
    std::string name;
    FeatureType type = FeatureType::Metered;
    MeterType meter_type = MeterType::Consumable;

    friend bool operator==(const Feature&, const Feature&) = default;
};
QUIPU_FIELDS(Feature, slug, name, type, meter_type)

// What becomes of the allowance that a window leaves unused.
struct Rollover {
    std::optional<base::Quantity> max;  // most that is carried over, in all; none = no cap
    std::uint32_t windows = 0;          // how many windows it lasts; 0 = until it is used

    friend bool operator==(const Rollover&, const Rollover&) = default;
};
QUIPU_FIELDS(Rollover, max, windows)

// What a plan grants of one feature. `card.included` is the limit per window (none = unlimited).
struct PlanFeature {
    std::string feature;  // slug of a feature or of a credit system
    bool enabled = true;
    rating::RateCard card;
    std::optional<base::Quantity> trial_limit;
    Interval reset = Interval::Monthly;
    Alignment alignment = Alignment::Subscription;
    OverageMode overage = OverageMode::Block;
    std::optional<base::Quantity> max_overage_units;  // none = no cap, 0 = none allowed
    base::Quantity credit_cost;                       // > 0: meter units per tracked unit
    std::uint64_t removed_in_version =
        0;  // > 0: ends with the window that version was published in
    std::optional<Rollover> rollover;

    friend bool operator==(const PlanFeature&, const PlanFeature&) = default;
};
QUIPU_FIELDS(PlanFeature, feature, enabled, card, trial_limit, reset, alignment, overage,
             max_overage_units, credit_cost, removed_in_version, rollover)

struct Plan {
    std::string slug;
    std::string name;
    std::optional<std::string> description;
    std::int64_t price_minor = 0;
    base::Currency currency;
    Interval interval = Interval::Monthly;
    BillingType billing_type = BillingType::Recurring;
    std::optional<std::string> group;  // plans without one form one default group
    std::int64_t trial_days = 0;
    bool trial_in_minutes = false;  // the number above counts minutes
    bool trial_needs_card = false;
    bool auto_enable = false;
    bool is_addon = false;
    bool active = true;
    std::optional<std::string> provider;
    std::string metadata_json;  // "" = none
    base::Instant created_at;
    std::vector<PlanFeature> features;

    friend bool operator==(const Plan&, const Plan&) = default;
};
QUIPU_FIELDS(Plan, slug, name, description, price_minor, currency, interval, billing_type, group,
             trial_days, trial_in_minutes, trial_needs_card, auto_enable, is_addon, active,
             provider, metadata_json, created_at, features)

struct CreditCost {
    std::string feature;
    base::Quantity cost;  // credits per unit

    friend bool operator==(const CreditCost&, const CreditCost&) = default;
};
QUIPU_FIELDS(CreditCost, feature, cost)

struct CreditSystem {
    std::string slug;
    std::string name;
    std::optional<std::string> description;
    std::vector<CreditCost> features;

    friend bool operator==(const CreditSystem&, const CreditSystem&) = default;
};
QUIPU_FIELDS(CreditSystem, slug, name, description, features)

struct CreditPack {
    std::string slug;
    std::string name;
    std::optional<std::string> description;
    base::Quantity credits;
    std::int64_t price_minor = 0;
    base::Currency currency;
    std::string credit_system;
    std::optional<std::string> provider;
    std::string metadata_json;  // "" = none
    base::Instant created_at;
    base::Instant updated_at;

    friend bool operator==(const CreditPack&, const CreditPack&) = default;
};
QUIPU_FIELDS(CreditPack, slug, name, description, credits, price_minor, currency, credit_system,
             provider, metadata_json, created_at, updated_at)

// Slugs are unique within each list. A credit system's slug is a metered feature too
// (docs/contract/catalog.md#one-identity).
struct Catalog {
    std::uint64_t version = 0;  // rises by one per publish of the organisation
    std::vector<Feature> features;
    std::vector<CreditSystem> credit_systems;
    std::vector<CreditPack> credit_packs;
    std::vector<Plan> plans;

    friend bool operator==(const Catalog&, const Catalog&) = default;
};
QUIPU_FIELDS(Catalog, version, features, credit_systems, credit_packs, plans)

[[nodiscard]] const Feature* find_feature(const Catalog& catalog, std::string_view slug);
[[nodiscard]] const CreditSystem* find_credit_system(const Catalog& catalog, std::string_view slug);
[[nodiscard]] const CreditPack* find_credit_pack(const Catalog& catalog, std::string_view slug);
[[nodiscard]] const Plan* find_plan(const Catalog& catalog, std::string_view slug);
[[nodiscard]] const PlanFeature* find_plan_feature(const Plan& plan, std::string_view feature);

[[nodiscard]] inline bool is_free(const Plan& plan) {
    return plan.price_minor == 0;
}

// Entities are counted instead of usage.
[[nodiscard]] inline bool is_seats(const Feature& feature) {
    return feature.type == FeatureType::Metered && feature.meter_type == MeterType::NonConsumable;
}

// Brings a plan feature to the one form that is stored (docs/contract/catalog.md#stored-form),
// given the reset text already resolved.
void normalise(PlanFeature& feature);
// Whether overage of this has a price that it can be charged at.
[[nodiscard]] bool has_overage_price(const PlanFeature& feature);
// The first broken pricing rule, in the reference's words; none when sound. Call after `normalise`.
[[nodiscard]] std::optional<std::string> pricing_problem(const PlanFeature& feature);

// Slugs by what a publish did to them.
struct Changes {
    std::vector<std::string> created;
    std::vector<std::string> updated;
    std::vector<std::string> unchanged;

    friend bool operator==(const Changes&, const Changes&) = default;
};
QUIPU_FIELDS(Changes, created, updated, unchanged)

struct SyncReport {
    Changes features;
    Changes credit_systems;
    Changes credit_packs;
    Changes plans;
    std::vector<std::string> warnings;

    friend bool operator==(const SyncReport&, const SyncReport&) = default;
};
QUIPU_FIELDS(SyncReport, features, credit_systems, credit_packs, plans, warnings)

struct MergedCatalog {
    Catalog catalog;
    SyncReport report;
};

// Lays a published payload over the current catalog (docs/contract/catalog.md#merging): what the
// payload does not name stays, except plan features, which it lists in full.
[[nodiscard]] MergedCatalog merge(const Catalog& current, const Catalog& payload,
                                  base::Instant now);

}  // namespace quipu::ledger
