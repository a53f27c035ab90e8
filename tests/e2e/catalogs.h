// Catalog payloads of the tests, and builders of their parts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "e2e/json_value.h"

namespace quipu::e2e {

// Metered features of these names.
[[nodiscard]] Json metered(const std::string& slug, const std::string& name);
[[nodiscard]] Json seats(const std::string& slug, const std::string& name);

// A plan feature: monthly, blocked at the limit.
[[nodiscard]] Json limited(const std::string& feature, int limit);
// Overage beyond the limit is charged: `price` per started package of `units`.
[[nodiscard]] Json charged(const std::string& feature, int limit, int price, int units);

[[nodiscard]] Json plan(const std::string& slug, int price, std::vector<Json> features);

// `calls`: blocked at `limit` per month on the free plan `free`.
[[nodiscard]] Json one_limit_catalog(int limit);

}  // namespace quipu::e2e
