// HMAC-SHA256, and the comparison of secrets that takes as long whatever they are.
#pragma once

#include <string_view>

#include "base/sha256.h"

namespace quipu::base {

// RFC 2104; a key of any length.
[[nodiscard]] Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes);

// Its duration depends on the lengths only.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace quipu::base
