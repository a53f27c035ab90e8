#include "ledger/usage/remainder.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace quipu::ledger {

using base::Quantity;

std::optional<Quantity> Remainder::at(Quantity cost) {
    QUIPU_CHECK(cost.is_positive());
    if (cost == cost_) return wanted_;
    if (cost_.is_zero()) {
        const auto product = units_.times(cost);
        if (!product) return std::nullopt;
        left_ = *product;
    } else {
        const auto other =
            base::multiply_divide(left_.coefficient(), cost.coefficient(), cost_.coefficient());
        if (!other) return std::nullopt;
        left_ = Exact::from_coefficient(*other);
    }
    // Most meters count the tracked units themselves: nothing to divide.
    const bool whole = cost_.is_zero() && cost.coefficient() == Quantity::kOne;
    cost_ = cost;
    wanted_ = whole ? units_
                    : Quantity::from_coefficient(
                          base::divide_rounding(left_.coefficient(), Quantity::kOne));
    return wanted_;
}

Quantity Remainder::take(Quantity amount) {
    QUIPU_CHECK(!amount.is_negative() && amount <= wanted_);
    if (amount == wanted_) {
        done_ = true;
        return std::exchange(units_, Quantity{});
    }
    const auto exact = amount.widen<Exact::kScale>();
    QUIPU_CHECK(exact.has_value());  // it is less than what is left
    left_ -= *exact;
    wanted_ -= amount;
    const Quantity units = std::min(units_, Quantity::from_coefficient(base::divide_rounding(
                                                exact->coefficient(), cost_.coefficient())));
    units_ -= units;
    return units;
}

}  // namespace quipu::ledger
