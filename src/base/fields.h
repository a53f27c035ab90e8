// The fields of a struct, named once beside it: what is written, shown, limited and generated field
// by field follows from this list.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <cstddef>
#include <string_view>
#include <type_traits>

// In the namespace of the struct, after it. The order is that of the rows on disk: a change of it
// needs a new format byte in projections/rows/row_codec.cc. A test counts the fields of every
// struct that is listed (tests/ledger/fields_test.cc).
#define QUIPU_FIELDS(Type, ...) BOOST_DESCRIBE_STRUCT(Type, (), (__VA_ARGS__))

// The same for an enum whose enumerators are shown by name.
#define QUIPU_ENUMERATORS(Enum, ...) BOOST_DESCRIBE_ENUM(Enum, __VA_ARGS__)

namespace quipu::base {

// As in the source; "" for a number that is none of them.
template <typename Enum>
    requires boost::describe::has_describe_enumerators<Enum>::value
[[nodiscard]] constexpr std::string_view enumerator_name(Enum value) {
    std::string_view name;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto each) {
        if (each.value == value) name = each.name;
    });
    return name;
}

template <typename T>
concept HasFields = boost::describe::has_describe_members<std::remove_const_t<T>>::value;

template <typename T>
using FieldsOf =
    boost::describe::describe_members<std::remove_const_t<T>, boost::describe::mod_public>;

template <HasFields T>
inline constexpr std::size_t kFieldCount = boost::mp11::mp_size<FieldsOf<T>>::value;

// visit(name, member) for each field in its order; `name` is a std::string_view.
template <typename T, typename Visit>
    requires HasFields<T>
constexpr void for_each_field(T& value, Visit&& visit) {
    boost::mp11::mp_for_each<FieldsOf<T>>(
        [&](auto field) { visit(std::string_view(field.name), value.*field.pointer); });
}

}  // namespace quipu::base
