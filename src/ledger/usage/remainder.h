// What is left of a value while meters pay for it, or give it back, one after the other
// (docs/contract/credits.md#exact-draws).
#pragma once

#include <optional>

#include "base/decimal.h"

namespace quipu::ledger {

// A value of tracked units costs `value * cost` of a meter's own units. That product is made once
// and drawn down: a meter that holds it exactly pays all of it. Tracked units are derived for the
// reader and always sum to the value.
class Remainder {
public:
    // `value` >= 0.
    explicit Remainder(base::Quantity value) : units_(value), done_(value.is_zero()) {}

    [[nodiscard]] bool is_zero() const { return done_; }

    // What is left, in units of a meter at `cost` > 0; nullopt = more than a Quantity holds.
    [[nodiscard]] std::optional<base::Quantity> at(base::Quantity cost);

    // The meter that was asked last pays `amount`, at most what `at` said. Answers the tracked
    // units that these are: all that are left when the amount is all of it.
    [[nodiscard]] base::Quantity take(base::Quantity amount);

private:
    // Meter units with twice the decimals, as a product of two quantities has.
    using Exact = base::Decimal<2 * base::Quantity::kScale>;

    base::Quantity units_;
    bool done_;
    base::Quantity cost_;    // of the meter that was asked last; 0 = none was
    Exact left_;             // at that cost
    base::Quantity wanted_;  // the same, rounded to what a meter counts
};

}  // namespace quipu::ledger
