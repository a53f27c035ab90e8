// The peers' vectors: input and expected output, read from the JSON files beside this one.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/ledger_spec.h"

namespace quipu::testing {

using Json = nlohmann::json;

struct Vector {
    std::string file;  // owostack, openmeter, lago, flexprice or autumn
    std::string area;
    std::string name;
    Json body;

    [[nodiscard]] const Json& given() const { return body.at("given"); }
    [[nodiscard]] const Json& expect() const { return body.at("expect"); }
    [[nodiscard]] std::string_view compat() const {
        const auto found = body.find("compat");
        return found == body.end() ? std::string_view() : found->get_ref<const std::string&>();
    }
};

[[nodiscard]] std::vector<Vector> load_vectors();

// A vector whose rule is not ours at the level of the pure core, and why. `name` empty: the whole
// area.
struct Elsewhere {
    std::string_view file;
    std::string_view area;
    std::string_view name;
    std::string_view reason;
};
[[nodiscard]] const std::vector<Elsewhere>& elsewhere();

// A runner maps a peer's fields to ours and asserts; it never looks at a vector's name. False: it
// has no rule for this vector.
using Runner = std::function<bool(const Vector&)>;
[[nodiscard]] bool run_owostack(const Vector& vector);
[[nodiscard]] bool run_openmeter(const Vector& vector);
[[nodiscard]] bool run_lago(const Vector& vector);
[[nodiscard]] bool run_flexprice(const Vector& vector);
[[nodiscard]] bool run_autumn(const Vector& vector);

// A number's own digits, whether it was written as a number or as text.
[[nodiscard]] std::string digits(const Json& value);
[[nodiscard]] base::Quantity quantity(const Json& value);
[[nodiscard]] base::UnitPrice minor_price(const Json& major, int exponent = 2);
[[nodiscard]] std::int64_t minor(const Json& major, int exponent = 2);
[[nodiscard]] base::UnitPrice unit_price(const Json& minor);
[[nodiscard]] std::string_view string_or(const Json& object, const char* key,
                                         std::string_view otherwise);

// Cards of the models that the peers share. Prices in minor units.
[[nodiscard]] rating::RateCard per_unit(base::UnitPrice price);  // fractions of a unit too
[[nodiscard]] rating::RateCard packages(base::UnitPrice price, base::Quantity size);
[[nodiscard]] rating::RateCard tiered(rating::RatingModel model, std::vector<rating::Tier> tiers);
[[nodiscard]] std::int64_t priced(const rating::RateCard& card, base::Quantity billable);

}  // namespace quipu::testing
