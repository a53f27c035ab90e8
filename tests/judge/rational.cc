#include "judge/rational.h"

namespace quipu::judge {

namespace {

Integer half_away_from_zero(const Rational& value) {
    const bool negative = value < 0;
    const Rational magnitude = negative ? Rational(-value) : value;
    const Integer top = 2 * numerator(magnitude) + denominator(magnitude);
    const Integer whole = top / (2 * denominator(magnitude));
    return negative ? Integer(-whole) : whole;
}

}  // namespace

Rational rounded_up(const Rational& value) {
    Integer whole = numerator(value) / denominator(value);  // towards zero
    if (Rational(whole) < value) ++whole;
    return Rational(whole);
}

std::int64_t rounded(const Rational& value) {
    return static_cast<std::int64_t>(half_away_from_zero(value));
}

base::Quantity shown(const Rational& value) {
    const Rational scaled = value * Rational(Integer(base::Quantity::kOne));
    return base::Quantity::from_coefficient(static_cast<base::Int128>(half_away_from_zero(scaled)));
}

std::string text(const Rational& value) {
    return value.str();
}

}  // namespace quipu::judge
