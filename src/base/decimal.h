// Exact fixed-point decimals: the scale is in the type, the coefficient has 128 bits.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::base {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

[[nodiscard]] constexpr Int128 power_of_ten(int exponent) {
    Int128 value = 1;
    for (int i = 0; i < exponent; ++i) value *= 10;
    return value;
}

enum class DecimalError : std::uint8_t { Malformed, TooPrecise, OutOfRange };

// A parse that failed says why; `value` counts only without an error.
struct ParsedCoefficient {
    Int128 value = 0;
    std::optional<DecimalError> error;
};

// Reads a JSON number's text (sign, digits, fraction, exponent) into value * 10^scale, exactly or
// not at all.
[[nodiscard]] ParsedCoefficient parse_coefficient(std::string_view text, int scale);
// Shortest exact text: no exponent, no trailing zeros, no `-0`.
[[nodiscard]] std::string format_coefficient(Int128 coefficient, int scale);

// value = coefficient / 10^Scale. Arithmetic that could overflow answers nullopt.
template <int Scale>
class Decimal {
    static_assert(Scale >= 0 && Scale <= 30);

public:
    static constexpr int kScale = Scale;
    static constexpr Int128 kOne = power_of_ten(Scale);

    constexpr Decimal() = default;

    [[nodiscard]] static constexpr Decimal from_coefficient(Int128 coefficient) {
        Decimal value;
        value.coefficient_ = coefficient;
        return value;
    }
    [[nodiscard]] static constexpr Decimal from_int(std::int64_t whole) {
        return from_coefficient(static_cast<Int128>(whole) * kOne);
    }
    [[nodiscard]] static std::optional<Decimal> parse(std::string_view text) {
        const ParsedCoefficient parsed = parse_coefficient(text, Scale);
        if (parsed.error) return std::nullopt;
        return from_coefficient(parsed.value);
    }

    [[nodiscard]] constexpr Int128 coefficient() const { return coefficient_; }
    [[nodiscard]] constexpr bool is_zero() const { return coefficient_ == 0; }
    [[nodiscard]] constexpr bool is_negative() const { return coefficient_ < 0; }
    [[nodiscard]] constexpr bool is_positive() const { return coefficient_ > 0; }
    [[nodiscard]] std::string to_string() const { return format_coefficient(coefficient_, Scale); }

    [[nodiscard]] std::optional<Decimal> plus(Decimal other) const {
        Int128 sum;
        if (__builtin_add_overflow(coefficient_, other.coefficient_, &sum)) return std::nullopt;
        return from_coefficient(sum);
    }
    [[nodiscard]] std::optional<Decimal> minus(Decimal other) const {
        Int128 difference;
        if (__builtin_sub_overflow(coefficient_, other.coefficient_, &difference))
            return std::nullopt;
        return from_coefficient(difference);
    }

    // Exact product; its scale is the sum of the two.
    template <int OtherScale>
    [[nodiscard]] std::optional<Decimal<Scale + OtherScale>> times(
        Decimal<OtherScale> other) const {
        Int128 product;
        if (__builtin_mul_overflow(coefficient_, other.coefficient(), &product))
            return std::nullopt;
        return Decimal<Scale + OtherScale>::from_coefficient(product);
    }

    // The same value with more decimals.
    template <int Wider>
    [[nodiscard]] std::optional<Decimal<Wider>> widen() const {
        static_assert(Wider >= Scale);
        Int128 product;
        if (__builtin_mul_overflow(coefficient_, power_of_ten(Wider - Scale), &product)) {
            return std::nullopt;
        }
        return Decimal<Wider>::from_coefficient(product);
    }

    friend constexpr auto operator<=>(const Decimal&, const Decimal&) = default;
    // For sums whose parts are already bounded (see kMaxQuantity); overflow there is a defect.
    friend constexpr Decimal operator+(Decimal a, Decimal b) {
        return from_coefficient(a.coefficient_ + b.coefficient_);
    }
    friend constexpr Decimal operator-(Decimal a, Decimal b) {
        return from_coefficient(a.coefficient_ - b.coefficient_);
    }
    Decimal& operator+=(Decimal other) {
        coefficient_ += other.coefficient_;
        return *this;
    }
    Decimal& operator-=(Decimal other) {
        coefficient_ -= other.coefficient_;
        return *this;
    }

private:
    Int128 coefficient_ = 0;
};

// numerator / denominator, half away from zero: the one rounding rule. denominator > 0.
[[nodiscard]] Int128 divide_rounding(Int128 numerator, Int128 denominator);

// value * by / over, rounded the same way from the exact quotient; nullopt when that does not fit.
// over > 0.
[[nodiscard]] std::optional<Int128> multiply_divide(Int128 value, Int128 by, Int128 over);

using Quantity = Decimal<9>;    // units of a feature, or credits
using UnitPrice = Decimal<12>;  // minor units of a currency per unit
using Amount = Decimal<21>;     // an exact price in minor units, before the one rounding

// Totals of a meter stay far below the coefficient's range: an event may carry at most this many
// units ...
inline constexpr Quantity kMaxQuantity = Quantity::from_int(1'000'000'000'000'000);
// ... and a window, a grant or a limit at most this many.
inline constexpr Quantity kMaxTotal = Quantity::from_int(1'000'000'000'000'000'000);

// Rounded to whole minor units; nullopt when it does not fit 64 bits.
template <int Scale>
[[nodiscard]] std::optional<std::int64_t> round_to_minor(Decimal<Scale> amount) {
    const Int128 rounded = divide_rounding(amount.coefficient(), Decimal<Scale>::kOne);
    if (rounded > std::numeric_limits<std::int64_t>::max() ||
        rounded < std::numeric_limits<std::int64_t>::min()) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(rounded);
}

}  // namespace quipu::base
