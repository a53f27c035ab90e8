#include "base/siphash.h"

#include <bit>
#include <cstring>

namespace quipu::base {
namespace {

std::uint64_t load(const void* from) {
    std::uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

struct SipState {
    std::uint64_t v0;
    std::uint64_t v1;
    std::uint64_t v2;
    std::uint64_t v3;

    void round() {
        v0 += v1;
        v2 += v3;
        v1 = std::rotl(v1, 13) ^ v0;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 = std::rotl(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = std::rotl(v1, 17) ^ v2;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 = std::rotl(v2, 32);
    }

    void mix(std::uint64_t word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    std::uint64_t finish() {
        for (int i = 0; i < 4; ++i) round();
        return v0 ^ v1 ^ v2 ^ v3;
    }
};

}  // namespace

Fingerprint siphash128(const SipKey& key, std::string_view bytes) {
    const std::uint64_t k0 = load(key.data());
    const std::uint64_t k1 = load(key.data() + 8);
    SipState state{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d ^ 0xee, k0 ^ 0x6c7967656e657261,
                   k1 ^ 0x7465646279746573};

    const std::size_t whole = bytes.size() & ~std::size_t{7};
    for (std::size_t at = 0; at < whole; at += 8) state.mix(load(bytes.data() + at));

    std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
    for (std::size_t i = whole; i < bytes.size(); ++i) {
        last |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i]))
                << (8 * (i - whole));
    }
    state.mix(last);

    state.v2 ^= 0xee;
    const std::uint64_t low = state.finish();
    state.v1 ^= 0xdd;
    const std::uint64_t high = state.finish();

    Fingerprint result;
    std::memcpy(result.bytes.data(), &low, sizeof low);
    std::memcpy(result.bytes.data() + 8, &high, sizeof high);
    return result;
}

}  // namespace quipu::base
