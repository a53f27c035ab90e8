// A value that says its fields' names: what a test needs of a type that nobody described by hand.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/boxed.h"
#include "base/currency.h"
#include "base/fields.h"
#include "base/instant.h"

namespace quipu::ledger::golden {

class ExampleValue {
public:
    template <typename T>
    void fill(std::string_view name, T& value) {
        if constexpr (base::HasFields<T>) {
            base::for_each_field(
                value, [this](std::string_view member, auto& each) { fill(member, each); });
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(1);
        } else if constexpr (std::is_same_v<T, std::string>) {
            value = name.ends_with("_json") ? "{}" : name;
        } else if constexpr (requires { T::from_int(1); }) {
            value = *T::parse("1.5");
        } else if constexpr (std::is_same_v<T, base::Currency>) {
            value = "USD";
        } else if constexpr (std::is_same_v<T, base::Instant>) {
            value = base::Instant{1'793'491'200'123'456};
        } else {
            static_assert(std::is_integral_v<T>);
            value = 1;
        }
    }
    template <typename T>
    void fill(std::string_view name, std::optional<T>& value) {
        fill(name, value.emplace());
    }
    template <typename T>
    void fill(std::string_view name, base::Boxed<T>& value) {
        fill(name, value.emplace());
    }
    template <std::size_t Size>
    void fill(std::string_view, std::array<std::uint8_t, Size>& bytes) {
        bytes.fill(7);
    }
    template <typename T>
    void fill(std::string_view name, std::vector<T>& values) {
        fill(name, values.emplace_back());
    }
};

}  // namespace quipu::ledger::golden
