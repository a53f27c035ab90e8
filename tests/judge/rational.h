// Exact numbers: what the judge counts units and money in. Nothing is rounded before a line is.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/decimal.h"

namespace quipu::judge {

using Integer = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>,
                                              boost::multiprecision::et_off>;
using Rational = boost::multiprecision::number<boost::multiprecision::cpp_rational::backend_type,
                                               boost::multiprecision::et_off>;

// `of` a decimal of ours, exactly.
template <int Scale>
[[nodiscard]] Rational of(base::Decimal<Scale> value) {
    return Rational(Integer(value.coefficient()), Integer(base::Decimal<Scale>::kOne));
}
template <int Scale>
[[nodiscard]] std::optional<Rational> of(const std::optional<base::Decimal<Scale>>& value) {
    if (!value) return std::nullopt;
    return of(*value);
}

[[nodiscard]] inline Rational not_below_zero(const Rational& value) {
    return value < 0 ? Rational(0) : value;
}

// The least whole number that is not below `value`.
[[nodiscard]] Rational rounded_up(const Rational& value);
// Half away from zero, to a whole number.
[[nodiscard]] std::int64_t rounded(const Rational& value);
// As a decimal with nine places, half away from zero: what an answer shows of it.
[[nodiscard]] base::Quantity shown(const Rational& value);
// For the reader: a whole number, or a fraction.
[[nodiscard]] std::string text(const Rational& value);

}  // namespace quipu::judge
