#include "vectors/vectors.h"

#include <fstream>

#include "base/check.h"
#include "rating/price.h"

namespace quipu::testing {

std::vector<Vector> load_vectors() {
    std::vector<Vector> vectors;
    for (const char* file : {"owostack", "openmeter", "lago", "flexprice", "autumn"}) {
        std::ifstream in(std::string(QUIPU_SOURCE_DIR) + "/tests/vectors/" + file + ".json");
        QUIPU_CHECK(in.good());
        for (Json& body : Json::parse(in)) {
            vectors.push_back({file, body.at("area"), body.at("name"), body});
        }
    }
    return vectors;
}

std::string digits(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

base::Quantity quantity(const Json& value) {
    return units(digits(value));
}

base::UnitPrice unit_price(const Json& minor) {
    return price(digits(minor));
}

base::UnitPrice minor_price(const Json& major, int exponent) {
    return price(digits(major) + "e" + std::to_string(exponent));
}

std::int64_t minor(const Json& major, int exponent) {
    const auto rounded = base::round_to_minor(minor_price(major, exponent));
    QUIPU_CHECK(rounded.has_value());
    return *rounded;
}

std::string_view string_or(const Json& object, const char* key, std::string_view otherwise) {
    const auto found = object.find(key);
    return found == object.end() ? otherwise : found->get_ref<const std::string&>();
}

rating::RateCard tiered(rating::RatingModel model, std::vector<rating::Tier> tiers) {
    rating::RateCard card;
    card.usage_model = rating::UsageModel::UsageBased;
    card.rating_model = model;
    card.tiers = std::move(tiers);
    return card;
}

rating::RateCard per_unit(base::UnitPrice price) {
    return tiered(rating::RatingModel::Graduated, {{std::nullopt, price, std::nullopt}});
}

rating::RateCard packages(base::UnitPrice price, base::Quantity size) {
    rating::RateCard card;
    card.usage_model = rating::UsageModel::UsageBased;
    card.price_per_unit = price;
    card.billing_units = size;
    return card;
}

std::int64_t priced(const rating::RateCard& card, base::Quantity billable) {
    const auto total = rating::price_minor(card, billable);
    QUIPU_CHECK(total.has_value());
    return *total;
}

}  // namespace quipu::testing
