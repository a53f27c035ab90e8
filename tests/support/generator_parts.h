// What the generators of values and of commands are made of.
#pragma once

#include <utility>

#include "base/fields.h"
#include "ledger/enum_range.h"
#include "ledger/record_limits.h"
#include "support/generators.h"

namespace quipu::testing::parts {

using base::Int128;

inline rc::Gen<Int128> coefficient(Int128 least, Int128 most) {
    return rc::gen::map(
        rc::gen::pair(rc::gen::arbitrary<std::uint64_t>(), rc::gen::arbitrary<std::uint64_t>()),
        [=](const std::pair<std::uint64_t, std::uint64_t>& halves) {
            const auto bits = (static_cast<base::Uint128>(halves.first) << 64) | halves.second;
            return least + static_cast<Int128>(bits % static_cast<base::Uint128>(most - least + 1));
        });
}

template <typename Decimal>
rc::Gen<Decimal> decimal(Decimal least, Decimal most) {
    const auto make = [](Int128 value) { return Decimal::from_coefficient(value); };
    return rc::gen::oneOf(
        rc::gen::map(rc::gen::inRange(0, 1000), [](int whole) { return Decimal::from_int(whole); }),
        rc::gen::map(coefficient(least.coefficient(), most.coefficient()), make),
        rc::gen::element(least, most, Decimal{}, Decimal::from_coefficient(1)));
}

// Fills a value field by field.
class Filler {
public:
    template <typename... Fields>
    void operator()(Fields&... values) {
        (fill(values), ...);
    }

private:
    void fill(bool& value) { value = *rc::gen::arbitrary<bool>(); }
    void fill(std::uint8_t& value) { value = *rc::gen::arbitrary<std::uint8_t>(); }
    void fill(std::uint32_t& value) { value = *rc::gen::arbitrary<std::uint32_t>(); }
    void fill(std::uint64_t& value) { value = *rc::gen::arbitrary<std::uint64_t>(); }
    void fill(std::int32_t& value) { value = *rc::gen::arbitrary<std::int32_t>(); }
    void fill(std::int64_t& value) { value = *rc::gen::arbitrary<std::int64_t>(); }
    void fill(std::string& value) { value = *text(); }
    void fill(base::Currency& value) { value = *currency(); }
    void fill(base::ErrorCode& value) {
        const std::size_t row = *rc::gen::resize(
            rc::kNominalSize, rc::gen::inRange<std::size_t>(0, base::kErrorCodes.size()));
        value = *base::ErrorCode::find(base::kErrorCodes[row].text);
    }
    void fill(base::Instant& value) { value = *instant(); }
    void fill(base::Quantity& value) { value = *total(); }
    void fill(base::UnitPrice& value) { value = *unit_price(); }
    void fill(base::Amount& value) {
        value = *decimal<base::Amount>(base::Amount::from_int(-1'000'000'000'000),
                                       base::Amount::from_int(1'000'000'000'000));
    }
    template <std::size_t Size>
    void fill(std::array<std::uint8_t, Size>& value) {
        for (std::uint8_t& byte : value) fill(byte);
    }
    template <typename T>
    void fill(std::optional<T>& value) {
        value.reset();
        if (*rc::gen::arbitrary<bool>()) fill(value.emplace());
    }
    template <typename T>
    void fill(base::Boxed<T>& value) {
        value = {};
        if (*rc::gen::arbitrary<bool>()) fill(value.emplace());
    }
    template <typename T>
    void fill(std::vector<T>& values) {
        values.resize(*rc::gen::inRange<std::size_t>(0, 4));
        for (T& value : values) fill(value);
    }
    template <typename Key, typename T, typename Less>
    void fill(std::map<Key, T, Less>& values) {
        for (int left = *rc::gen::inRange(0, 4); left > 0; --left) {
            Key key;
            fill(key);
            fill(values[key]);
        }
    }
    template <typename... Kinds>
    void fill(std::variant<Kinds...>& value) {
        const int chosen = *rc::gen::resize(
            rc::kNominalSize, rc::gen::inRange(0, static_cast<int>(sizeof...(Kinds))));
        int index = 0;
        ((index++ == chosen ? fill(value.template emplace<Kinds>()) : static_cast<void>(0)), ...);
    }
    template <typename T>
    void fill(T& value) {
        if constexpr (std::is_same_v<T, ledger::Refusal>) {
            value = static_cast<T>(*rc::gen::resize(
                rc::kNominalSize,
                rc::gen::inRange(0, static_cast<int>(ledger::EnumRange<T>::kLast) + 1)));
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(*rc::gen::suchThat(
                rc::gen::resize(
                    rc::kNominalSize,
                    rc::gen::inRange(1, static_cast<int>(ledger::EnumRange<T>::kLast) + 1)),
                [](int number) { return ledger::is_enumerator<T>(number); }));
        } else {
            base::for_each_field(value, [this](std::string_view, auto& each) { fill(each); });
        }
    }
};

// Any value whose fields are listed.
template <typename T>
T filled() {
    T value{};
    Filler filler;
    filler(value);
    return value;
}

template <typename T>
rc::Gen<T> any() {
    return rc::gen::exec([] { return filled<T>(); });
}

inline std::string metadata() {
    return *rc::gen::element<std::string>("", "{}", R"({"region":"eu"})",
                                          R"({"a":[1,2.50,{"b":null}],"é":"\u0041"})");
}

inline std::optional<std::string> maybe_text() {
    return *rc::gen::arbitrary<bool>() ? std::optional(*text()) : std::nullopt;
}

// One alternative of the variant, each about as likely.
template <typename Variant, typename Value, std::size_t... Index>
Value any_alternative(std::index_sequence<Index...>, auto make) {
    // inRange shrinks with the size; alternatives must not.
    const std::size_t chosen =
        *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, sizeof...(Index)));
    Value value;
    ((Index == chosen
          ? static_cast<void>(
                value = make.template operator()<std::variant_alternative_t<Index, Variant>>())
          : static_cast<void>(0)),
     ...);
    return value;
}

template <typename Variant, typename Value = Variant>
Value any_alternative(auto make) {
    return any_alternative<Variant, Value>(std::make_index_sequence<std::variant_size_v<Variant>>{},
                                           make);
}

}  // namespace quipu::testing::parts
