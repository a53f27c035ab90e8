// The words that ledger entries are shown in.
#pragma once

#include <cstdint>
#include <string_view>

namespace quipu::api {

// Of Entry::kind: `track`, `attach` …; `other` for what has no name of its own.
[[nodiscard]] std::string_view entry_kind_name(std::uint8_t kind);

}  // namespace quipu::api
