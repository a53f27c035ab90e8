// How the usage of one feature is priced: the terms a customer was sold, as a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/fields.h"
#include "base/result.h"

namespace quipu::rating {

enum class UsageModel : std::uint8_t {
    Included = 1,    // usage over the allowance is billable
    UsageBased = 2,  // all usage is billable
    Prepaid = 3,     // nothing is billable
};
QUIPU_ENUMERATORS(UsageModel, Included, UsageBased, Prepaid)

enum class RatingModel : std::uint8_t {
    Package = 1,    // whole packages of `billing_units`; per unit when that is 1
    Graduated = 2,  // each tier prices the units that fall into it
    Volume = 3,     // the tier that holds the total prices all of it
};
QUIPU_ENUMERATORS(RatingModel, Package, Graduated, Volume)

// Bounds are inclusive and count billable units. A last tier with a bound goes on past it
// (docs/contract/rating.md#last-tier).
struct Tier {
    std::optional<base::Quantity> up_to;  // none: open-ended
    std::optional<base::UnitPrice> unit_price;
    std::optional<base::UnitPrice> flat_fee;  // once, when the tier is entered

    friend bool operator==(const Tier&, const Tier&) = default;
};
QUIPU_FIELDS(Tier, up_to, unit_price, flat_fee)

// Prices are in minor units of the plan's currency and may have decimals.
struct RateCard {
    UsageModel usage_model = UsageModel::Included;
    RatingModel rating_model = RatingModel::Package;
    std::optional<base::Quantity> included;  // allowance per window; none = unlimited
    std::optional<base::UnitPrice> price_per_unit;
    std::optional<base::UnitPrice> overage_price;
    base::Quantity billing_units = base::Quantity::from_int(1);  // package size, > 0
    std::vector<Tier> tiers;

    friend bool operator==(const RateCard&, const RateCard&) = default;
};
QUIPU_FIELDS(RateCard, usage_model, rating_model, included, price_per_unit, overage_price,
             billing_units, tiers)

// The price of one package: what `usage_model` prefers (docs/contract/rating.md#packages).
[[nodiscard]] std::optional<base::UnitPrice> package_price(const RateCard& card);
// Package size as billed: never below one.
[[nodiscard]] base::Quantity package_size(const RateCard& card);

// Names as in the catalog payload; unknown ones fall back (docs/contract/catalog.md#defaults).
[[nodiscard]] UsageModel usage_model_from(std::string_view name);
[[nodiscard]] RatingModel rating_model_from(std::string_view name);
[[nodiscard]] std::string_view name_of(UsageModel model);
[[nodiscard]] std::string_view name_of(RatingModel model);

// First broken rule of the tiers, as the reference words it; none when they are sound
// (docs/contract/catalog.md#pricing-rules).
[[nodiscard]] std::optional<std::string> tier_problem(const RateCard& card);

}  // namespace quipu::rating
