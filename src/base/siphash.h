// SipHash-2-4 with 128 bits of output: a fast keyed hash whose collisions cannot be crafted without
// the key.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/fingerprint.h"

namespace quipu::base {

using SipKey = std::array<std::uint8_t, 16>;

[[nodiscard]] Fingerprint siphash128(const SipKey& key, std::string_view bytes);

}  // namespace quipu::base
