// What windows left and later ones spend: settled at each window's end by the terms of then, and
// walked from the first window that had the right (docs/contract/decided.md#rollover-is-a-fact).
#pragma once

#include <string>
#include <vector>

#include "judge/world.h"

namespace quipu::judge {

struct Lot {
    Rational amount;
    base::Instant expires_at;
};

[[nodiscard]] Rational sum_of(const std::vector<Lot>& lots);

// Carried into the window of `meter` that holds `at` and not spent in it, soonest expiry first.
[[nodiscard]] std::vector<Lot> carried(const World& world, const Subscription& owner,
                                       const std::string& meter, const std::string& entity,
                                       base::Instant at);

// How much more later windows, also those of plans that took over, have spent than came to them:
// 0 in a world that adds up.
[[nodiscard]] Rational spent_twice(const World& world, const Subscription& owner,
                                   const std::string& meter, const std::string& entity);

// The most of `wanted` units of the meter that the bucket of the window can give without anything
// being spent twice.
[[nodiscard]] Rational can_give(World& world, const Window& window, ledger::Bucket bucket,
                                Rational wanted);

}  // namespace quipu::judge
