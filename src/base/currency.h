// A currency of ISO 4217: its code, and how many decimals its minor unit stands for.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string_view>

#include "base/iso_4217.h"

namespace quipu::base {

// A value of four bytes. Amounts of money are whole minor units of one.
class Currency {
public:
    // None: an amount that nobody has named a currency for.
    constexpr Currency() = default;
    // A literal that is not in the standard does not compile.
    consteval Currency(const char (&code)[4]) {
        const auto known = find(code);
        if (!known) iso_4217_has_no_such_currency();
        *this = *known;
    }

    // In either case: "usd" is USD. None for a code that is not in the standard.
    [[nodiscard]] static constexpr std::optional<Currency> find(std::string_view code);
    // What code() gave: in capitals, or "" for none. For what we wrote ourselves.
    [[nodiscard]] static constexpr std::optional<Currency> from_code(std::string_view code);

    // Three capitals; "" = none.
    [[nodiscard]] constexpr std::string_view code() const {
        return code_[0] == 0 ? std::string_view() : std::string_view(code_.data(), code_.size());
    }
    // 2 = a hundred minor units to one; 0 for none.
    [[nodiscard]] constexpr int exponent() const { return exponent_; }
    [[nodiscard]] constexpr bool is_none() const { return code_[0] == 0; }

    // By code, none first.
    friend constexpr auto operator<=>(const Currency&, const Currency&) = default;
    friend std::ostream& operator<<(std::ostream& out, Currency currency) {
        return out << currency.code();
    }

private:
    static void iso_4217_has_no_such_currency();  // what the compiler says of a literal

    std::array<char, 3> code_{};
    std::uint8_t exponent_ = 0;
};

constexpr std::optional<Currency> Currency::find(std::string_view code) {
    if (code.size() != 3) return std::nullopt;
    Currency found;
    std::ranges::transform(code, found.code_.begin(), [](char letter) {
        return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    });
    const auto* row = std::ranges::lower_bound(kIso4217, std::string_view(found.code_.data(), 3),
                                               {}, &Iso4217::code);
    if (row == kIso4217.end() || row->code != found.code()) return std::nullopt;
    found.exponent_ = row->exponent;
    return found;
}

constexpr std::optional<Currency> Currency::from_code(std::string_view code) {
    const Currency known = find(code).value_or(Currency());
    return known.code() == code ? std::optional(known) : std::nullopt;
}

}  // namespace quipu::base
