#include "cli/rate_card_text.h"

#include <fmt/format.h>

#include <optional>

#include "base/json_body.h"
#include "base/json_shape.h"

namespace quipu::cli {
namespace {

using base::Error;
using base::JsonValue;
using base::Result;

constexpr char kInvalid[] = "invalid_rate_card";

constexpr base::JsonShape kTier{"upTo", "unitPrice", "flatFee"};
constexpr base::JsonShape kRateCard{"usageModel",     "ratingModel",  "included",
                                    "pricePerUnit",   "overagePrice", "billingUnits",
                                    {"tiers", kTier}, "currency"};

std::string_view reason_of(base::DecimalError error) {
    switch (error) {
        case base::DecimalError::Malformed:
            return "is not a number";
        case base::DecimalError::TooPrecise:
            return "has too many decimals";
        case base::DecimalError::OutOfRange:
            return "is out of range";
    }
    return "is not a number";
}

// Collects the first thing that is wrong, so that fields can be read one after the other.
class Reading {
public:
    template <int Scale>
    std::optional<base::Decimal<Scale>> decimal(const std::string& name, JsonValue value) {
        if (!value.is_present() || value.is_null()) return std::nullopt;
        const auto text = value.number() ? value.number() : value.string();
        if (!text) return refuse(fmt::format("{} is not a number.", name)), std::nullopt;
        const auto parsed = base::parse_coefficient(*text, Scale);
        if (parsed.error) {
            return refuse(fmt::format("{} {}.", name, reason_of(*parsed.error))), std::nullopt;
        }
        const auto read = base::Decimal<Scale>::from_coefficient(parsed.value);
        if (read.is_negative()) refuse(fmt::format("{} is negative.", name));
        // 10^18 units or minor units: far beyond any price, and products of two still fit.
        if (read > base::Decimal<Scale>::from_int(1'000'000'000'000'000'000)) {
            refuse(fmt::format("{} is out of range.", name));
        }
        return read;
    }

    std::string text(const std::string& name, JsonValue value, std::string fallback) {
        if (!value.is_present() || value.is_null()) return fallback;
        if (const auto text = value.string()) return std::string(*text);
        refuse(fmt::format("{} is not a string.", name));
        return fallback;
    }

    void refuse(std::string reason) {
        if (!problem_) problem_ = Error{kInvalid, "The rate card is not valid: " + reason};
    }
    [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

private:
    std::optional<Error> problem_;
};

void read_tiers(Reading& reading, JsonValue tiers, rating::RateCard& card) {
    if (!tiers.is_present() || tiers.is_null()) return;
    if (!tiers.is_array()) return reading.refuse("tiers is not a list.");
    for (const JsonValue each : tiers) {
        const std::string name = fmt::format("tiers[{}].", card.tiers.size());
        if (!each.is_object()) return reading.refuse(name + " is not an object.");
        rating::Tier tier;
        tier.up_to = reading.decimal<base::Quantity::kScale>(name + "upTo", each["upTo"]);
        tier.unit_price =
            reading.decimal<base::UnitPrice::kScale>(name + "unitPrice", each["unitPrice"]);
        tier.flat_fee = reading.decimal<base::UnitPrice::kScale>(name + "flatFee", each["flatFee"]);
        card.tiers.push_back(tier);
    }
}

PricedCard read_fields(Reading& reading, JsonValue root) {
    PricedCard priced;
    rating::RateCard& card = priced.card;
    card.usage_model =
        rating::usage_model_from(reading.text("usageModel", root["usageModel"], "included"));
    card.rating_model =
        rating::rating_model_from(reading.text("ratingModel", root["ratingModel"], "package"));
    card.included = reading.decimal<base::Quantity::kScale>("included", root["included"]);
    if (!root["included"].is_present()) card.included = base::Quantity{};
    card.price_per_unit =
        reading.decimal<base::UnitPrice::kScale>("pricePerUnit", root["pricePerUnit"]);
    card.overage_price =
        reading.decimal<base::UnitPrice::kScale>("overagePrice", root["overagePrice"]);
    if (const auto size =
            reading.decimal<base::Quantity::kScale>("billingUnits", root["billingUnits"])) {
        card.billing_units = *size;
        if (!size->is_positive()) reading.refuse("billingUnits must be greater than 0.");
    }
    read_tiers(reading, root["tiers"], card);
    if (const auto currency =
            base::Currency::find(reading.text("currency", root["currency"], "USD"))) {
        priced.currency = *currency;
    } else {
        reading.refuse("currency is not a code of ISO 4217.");
    }
    return priced;
}

}  // namespace

Result<PricedCard> read_rate_card(std::string_view json) {
    base::JsonReader reader;
    const auto root = reader.read(json);
    if (!root)
        return base::fail(root.error().code, "The rate card is not one readable JSON value.");
    if (const auto looked = base::inspect(*root, kRateCard); looked.unknown)
        return tl::unexpected(*looked.unknown);
    Reading reading;
    if (!root->is_object()) reading.refuse("it is not a JSON object.");
    PricedCard priced = read_fields(reading, *root);
    if (const auto problem = rating::tier_problem(priced.card)) reading.refuse(*problem);
    if (reading.problem()) return tl::unexpected(*reading.problem());
    return priced;
}

Result<base::Quantity> read_quantity(std::string_view name, std::string_view text) {
    const auto parsed = base::parse_coefficient(text, base::Quantity::kScale);
    if (parsed.error) {
        return base::fail("invalid_quantity",
                          fmt::format("{} '{}' {}.", name, text, reason_of(*parsed.error)));
    }
    const auto quantity = base::Quantity::from_coefficient(parsed.value);
    if (quantity.is_negative())
        return base::fail("invalid_quantity", fmt::format("{} '{}' is negative.", name, text));
    if (quantity > base::kMaxTotal) {
        return base::fail("invalid_quantity", fmt::format("{} '{}' is out of range.", name, text));
    }
    return quantity;
}

}  // namespace quipu::cli
