// Throws that are the same on every machine: the standard library's distributions are not.
#pragma once

#include <array>
#include <cstdint>

#include "base/decimal.h"

namespace quipu::judge {

// SplitMix64. One throw per statement where order matters, since arguments are evaluated in any.
class Dice {
public:
    // Scrambled, or neighbouring seeds would throw alike.
    explicit Dice(std::uint64_t seed) : state_(scrambled(seed + kStep)) {}

    // 0 to bound - 1.
    std::uint64_t below(std::uint64_t bound) { return scrambled(state_ += kStep) % bound; }
    bool percent(unsigned chance) { return below(100) < chance; }
    template <typename T, std::size_t N>
    T pick(const std::array<T, N>& from) {
        return from[below(N)];
    }
    // A whole number of units, 0 to bound - 1.
    base::Quantity whole(std::uint64_t bound) {
        return base::Quantity::from_int(static_cast<std::int64_t>(below(bound)));
    }

private:
    static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15u;

    static std::uint64_t scrambled(std::uint64_t value) {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
        return value ^ (value >> 31);
    }

    std::uint64_t state_;
};

}  // namespace quipu::judge
