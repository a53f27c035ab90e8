// Which known name a misspelt one was probably meant to be.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace quipu::base {

// The known name that takes the fewest changes of one letter (two that changed places count as one)
// to get to, case aside: one change in up to five letters, three at most. "": none is near.
[[nodiscard]] std::string_view nearest_name(std::string_view name,
                                            std::span<const std::string_view> known);

// " Did you mean 'value'?", behind a sentence; "" when no known name is near.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       std::span<const std::string_view> known);

// What a sentence shows of a name that a caller chose: all of it, or its beginning and "…".
[[nodiscard]] std::string shown_name(std::string_view name);

}  // namespace quipu::base
