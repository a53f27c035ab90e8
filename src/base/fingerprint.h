// A 128-bit keyed hash that stands for something longer, such as an event id.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>

namespace quipu::base {

static_assert(std::endian::native == std::endian::little, "hashes are read as little-endian words");

struct Fingerprint {
    std::array<std::uint8_t, 16> bytes{};

    // The two halves as numbers. The bytes come out of a keyed hash, so any bits of them will do as
    // the bits of a hash table or a filter.
    [[nodiscard]] std::uint64_t low() const { return word(0); }
    [[nodiscard]] std::uint64_t high() const { return word(8); }
    [[nodiscard]] std::string_view view() const {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    friend bool operator==(const Fingerprint& a, const Fingerprint& b) {
        return ((a.low() ^ b.low()) | (a.high() ^ b.high())) == 0;
    }
    // In byte order, as keys are sorted.
    friend std::strong_ordering operator<=>(const Fingerprint& a, const Fingerprint& b) {
        return std::memcmp(a.bytes.data(), b.bytes.data(), 16) <=> 0;
    }

private:
    [[nodiscard]] std::uint64_t word(std::size_t at) const {
        std::uint64_t value;
        std::memcpy(&value, bytes.data() + at, sizeof value);
        return value;
    }
};

}  // namespace quipu::base

template <>
struct std::hash<quipu::base::Fingerprint> {
    std::size_t operator()(const quipu::base::Fingerprint& value) const noexcept {
        return value.low();
    }
};
