// What tells one type of command from all others.
#pragma once

#include <cstdint>
#include <string_view>

namespace quipu::ledger {

// What tells a type of command from all others: its field in the oneof of the log schema
// (schemas/quipu/v1/record.proto). Neither ever changes.
struct CommandKind {
    std::uint8_t number = 0;  // 16 to 255
    std::string_view name;
};

}  // namespace quipu::ledger
