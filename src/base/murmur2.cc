#include "base/murmur2.h"

#include <bit>
#include <cstring>

#include "base/check.h"

namespace quipu::base {
namespace {

constexpr std::uint32_t kSeed = 0x9747b28c;
constexpr std::uint32_t kMultiplier = 0x5bd1e995;

static_assert(std::endian::native == std::endian::little);

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

}  // namespace

std::uint32_t murmur2(std::string_view bytes) {
    std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(bytes.size());
    const std::size_t whole = bytes.size() & ~std::size_t{3};
    for (std::size_t at = 0; at < whole; at += 4) {
        std::uint32_t word;
        std::memcpy(&word, bytes.data() + at, sizeof word);
        word *= kMultiplier;
        word ^= word >> 24;
        word *= kMultiplier;
        hash = hash * kMultiplier ^ word;
    }
    if (whole != bytes.size()) {
        std::uint32_t rest = 0;
        for (std::size_t i = bytes.size(); i > whole; --i) rest = rest << 8 | byte_at(bytes, i - 1);
        hash = (hash ^ rest) * kMultiplier;
    }
    hash ^= hash >> 13;
    hash *= kMultiplier;
    return hash ^ (hash >> 15);
}

std::uint32_t partition_for(std::string_view key, std::uint32_t count) {
    QUIPU_CHECK(count > 0);
    return (murmur2(key) & 0x7fffffff) % count;  // Kafka drops the sign, it does not negate
}

}  // namespace quipu::base
