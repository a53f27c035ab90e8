// The keys of the embedded log: topic, partition, base offset, in byte order.
#pragma once

#include <string>
#include <string_view>

#include "ledger/log/log_frame.h"

namespace quipu::ledger {

inline constexpr char kMetaKey[] = "\xffledger";  // sorts behind all frames

[[nodiscard]] std::string encode_key(const FrameAddress& address);
// `key` came from encode_key.
[[nodiscard]] Offset base_offset_of(std::string_view key);
[[nodiscard]] bool same_partition(std::string_view key, Partition partition);

}  // namespace quipu::ledger
