// The checksum of stored log frames: XXH3, 64 bits, seeded.
#pragma once

#include <cstdint>
#include <string_view>

namespace quipu::ledger {

[[nodiscard]] std::uint64_t checksum(std::string_view bytes, std::uint64_t seed);

}  // namespace quipu::ledger
