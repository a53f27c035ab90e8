// Kafka's own partitioner: the hash and the partition that its Java client gives to a key.
#pragma once

#include <cstdint>
#include <string_view>

namespace quipu::base {

[[nodiscard]] std::uint32_t murmur2(std::string_view bytes);

// `count` > 0. Result in [0, count).
[[nodiscard]] std::uint32_t partition_for(std::string_view key, std::uint32_t count);

}  // namespace quipu::base
