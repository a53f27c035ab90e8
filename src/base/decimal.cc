#include "base/decimal.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

namespace quipu::base {
namespace {

constexpr int kMaxExponent = 9999;  // far out of range for any number of digits that is read

struct Scanned {
    bool negative = false;
    std::string digits;   // without the point
    int point_shift = 0;  // value = digits * 10^point_shift
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::optional<Scanned> scan(std::string_view text) {
    Scanned scanned;
    std::size_t at = 0;
    if (at < text.size() && (text[at] == '-' || text[at] == '+'))
        scanned.negative = text[at++] == '-';
    const std::size_t whole_start = at;
    while (at < text.size() && is_digit(text[at])) scanned.digits.push_back(text[at++]);
    if (at == whole_start) return std::nullopt;
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction_start = ++at;
        while (at < text.size() && is_digit(text[at])) scanned.digits.push_back(text[at++]);
        if (at == fraction_start) return std::nullopt;
        scanned.point_shift = -static_cast<int>(at - fraction_start);
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        const bool down = at < text.size() && text[at] == '-';
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        const std::size_t exponent_start = at;
        int exponent = 0;
        while (at < text.size() && is_digit(text[at])) {
            exponent = std::min(exponent * 10 + (text[at] - '0'), kMaxExponent);
            ++at;
        }
        if (at == exponent_start) return std::nullopt;
        scanned.point_shift += down ? -exponent : exponent;
    }
    if (at != text.size()) return std::nullopt;
    return scanned;
}

void strip_zeros(Scanned& scanned) {
    const std::size_t first = scanned.digits.find_first_not_of('0');
    scanned.digits.erase(0, first == std::string::npos ? scanned.digits.size() : first);
    while (!scanned.digits.empty() && scanned.digits.back() == '0') {
        scanned.digits.pop_back();
        ++scanned.point_shift;
    }
}

}  // namespace

ParsedCoefficient parse_coefficient(std::string_view text, int scale) {
    constexpr std::size_t kMaxText = 512;
    if (text.size() > kMaxText) return {0, DecimalError::OutOfRange};
    auto scanned = scan(text);
    if (!scanned) return {0, DecimalError::Malformed};
    strip_zeros(*scanned);
    if (scanned->digits.empty()) return {0, std::nullopt};
    const int zeros = scanned->point_shift + scale;
    if (zeros < 0) return {0, DecimalError::TooPrecise};
    if (scanned->digits.size() + static_cast<std::size_t>(zeros) > 38)
        return {0, DecimalError::OutOfRange};

    Int128 value = 0;
    for (const char digit : scanned->digits) value = value * 10 + (digit - '0');
    value *= power_of_ten(zeros);
    return {scanned->negative ? -value : value, std::nullopt};
}

std::string format_coefficient(Int128 coefficient, int scale) {
    const bool negative = coefficient < 0;
    // Through unsigned, so that the most negative value has a magnitude.
    Uint128 magnitude = negative ? Uint128{0} - static_cast<Uint128>(coefficient)
                                 : static_cast<Uint128>(coefficient);
    std::string reversed;
    int decimals = 0;
    bool significant = false;
    while (magnitude != 0 || decimals < scale) {
        const char digit = static_cast<char>('0' + static_cast<int>(magnitude % 10));
        magnitude /= 10;
        if (decimals < scale) {
            if (digit != '0' || significant) {
                reversed.push_back(digit);
                significant = true;
            }
            if (++decimals == scale && significant) reversed.push_back('.');
        } else {
            reversed.push_back(digit);
        }
    }
    if (reversed.empty() || reversed.back() == '.') reversed.push_back('0');
    if (negative) reversed.push_back('-');
    std::reverse(reversed.begin(), reversed.end());
    return reversed;
}

Int128 divide_rounding(Int128 numerator, Int128 denominator) {
    const Int128 quotient = numerator / denominator;
    const Int128 remainder = numerator % denominator;
    const Int128 magnitude = remainder < 0 ? -remainder : remainder;
    if (magnitude >= denominator - magnitude) return quotient + (numerator < 0 ? -1 : 1);
    return quotient;
}

std::optional<Int128> multiply_divide(Int128 value, Int128 by, Int128 over) {
    using Wide = boost::multiprecision::int256_t;
    const Wide product = Wide(value) * Wide(by);
    const Wide divisor(over);
    Wide quotient = product / divisor;
    const Wide remainder = abs(product % divisor);
    if (remainder >= divisor - remainder) quotient += product.sign() < 0 ? -1 : 1;
    constexpr Int128 kMost = std::numeric_limits<Int128>::max();
    if (abs(quotient) > Wide(kMost)) return std::nullopt;
    return static_cast<Int128>(quotient);
}

}  // namespace quipu::base
