// What the runners of Owostack's vectors share: its payloads read into our values.
#pragma once

#include <optional>
#include <vector>

#include "vectors/vectors.h"

namespace quipu::testing {

template <typename Value, typename Read>
std::optional<Value> optional_of(const Json& object, const char* key, Read read) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) {
        return std::nullopt;
    }
    return read(*found);
}

[[nodiscard]] std::vector<rating::Tier> tiers_of(const Json& tiers);
// A plan feature `api` as `/sync` would read it.
[[nodiscard]] ledger::PlanFeature plan_feature(const Json& config);
// One metered feature `api` on a free plan `f`, attached.
[[nodiscard]] Given ledger_on(ledger::PlanFeature feature, std::string_view start = "2026-03-01");

// One per family of areas; false: the area is another's.
[[nodiscard]] bool run_owostack_rating(const Vector& vector);
[[nodiscard]] bool run_owostack_usage(const Vector& vector);
[[nodiscard]] bool run_owostack_billing(const Vector& vector);
[[nodiscard]] bool run_owostack_plans(const Vector& vector);

}  // namespace quipu::testing
