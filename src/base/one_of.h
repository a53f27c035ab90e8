// Whether a type is an alternative of a variant: visitors say with it which alternatives they let
// pass, instead of letting pass whatever they do not know.
#pragma once

#include <boost/mp11/algorithm.hpp>

namespace quipu::base {

template <typename T, typename Variant>
concept OneOf = boost::mp11::mp_contains<Variant, T>::value;

}  // namespace quipu::base
