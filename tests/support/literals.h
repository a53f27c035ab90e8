// Exact quantities, prices and moments as literals, and how they print in a failed test.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/decimal.h"
#include "base/instant.h"

namespace quipu::base {

template <int Scale>
void PrintTo(const Decimal<Scale>& value, std::ostream* out) {
    *out << value.to_string();
}
inline void PrintTo(const Instant& at, std::ostream* out) {
    *out << format_instant(at);
}

}  // namespace quipu::base

namespace quipu::testing {

// A text that does not parse is a defect of the test.
[[nodiscard]] inline base::Quantity units(std::string_view text) {
    const auto value = base::Quantity::parse(text);
    QUIPU_CHECK(value.has_value());
    return *value;
}
[[nodiscard]] inline base::UnitPrice price(std::string_view text) {
    const auto value = base::UnitPrice::parse(text);
    QUIPU_CHECK(value.has_value());
    return *value;
}
[[nodiscard]] inline base::Instant moment(std::string_view text) {
    const auto value = base::parse_instant(text);
    QUIPU_CHECK(value.has_value());
    return *value;
}

// The digits of a literal without its separators.
[[nodiscard]] inline std::string digits_of(const char* literal) {
    std::string digits(literal);
    std::erase(digits, '\'');
    return digits;
}

// The literal's own digits are parsed, so 0.1_u is exactly a tenth.
inline base::Quantity operator""_u(const char* literal) {
    return units(digits_of(literal));
}
inline base::UnitPrice operator""_price(const char* literal) {
    return price(digits_of(literal));
}
inline base::Instant operator""_at(const char* text, std::size_t size) {
    return moment({text, size});
}

}  // namespace quipu::testing
