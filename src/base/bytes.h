// Reads and writes the small binary values of state rows and ordered keys.
//
// Varints are little-endian base 128 (LEB128), signed numbers are zigzagged first, strings carry
// their length as a varint. Big-endian numbers are for keys: their bytes sort as the numbers do.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/decimal.h"
#include "base/instant.h"

namespace quipu::base {

// Appends to a string that it owns; `take` moves it out, `clear` keeps its memory for the next row.
class ByteWriter {
public:
    // Unsigned, 1 to 10 bytes.
    void varint(std::uint64_t value) { append_varint(value); }
    // Signed, small in either direction: 1 to 10 bytes.
    void zigzag(std::int64_t value) {
        append_varint((static_cast<std::uint64_t>(value) << 1) ^
                      static_cast<std::uint64_t>(value >> 63));
    }
    // Signed 128-bit, zigzagged: 1 to 19 bytes.
    void i128(Int128 value) {
        append_varint((static_cast<Uint128>(value) << 1) ^ static_cast<Uint128>(value >> 127));
    }
    void boolean(bool value) { out_.push_back(value ? '\1' : '\0'); }
    void string(std::string_view value) {
        varint(value.size());
        out_.append(value);
    }
    void instant(Instant value) { zigzag(value.micros); }

    void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
    // Bytes as they are, without a length.
    void raw(std::string_view value) { out_.append(value); }
    void big_endian_u32(std::uint32_t value) { append_big_endian(value); }
    void big_endian_u64(std::uint64_t value) { append_big_endian(value); }

    [[nodiscard]] std::string_view view() const { return out_; }
    [[nodiscard]] std::string take() { return std::exchange(out_, {}); }
    void clear() { out_.clear(); }
    void reserve(std::size_t bytes) { out_.reserve(bytes); }

private:
    template <typename Unsigned>
    void append_varint(Unsigned value) {
        std::array<char, 19> buffer;
        std::size_t size = 0;
        while (value >= 0x80) {
            buffer[size++] = static_cast<char>(static_cast<std::uint8_t>(value) | 0x80);
            value >>= 7;
        }
        buffer[size++] = static_cast<char>(value);
        out_.append(buffer.data(), size);
    }

    template <typename Unsigned>
    void append_big_endian(Unsigned value) {
        std::array<char, sizeof(Unsigned)> buffer;
        for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
            buffer[sizeof(Unsigned) - 1 - i] = static_cast<char>(value & 0xff);
            value >>= 8;
        }
        out_.append(buffer.data(), buffer.size());
    }

    std::string out_;
};

// Reads what ByteWriter wrote, never past the end. After the first thing that does not fit, `ok` is
// false for good and every further read gives zero, so that one check at the end is enough.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : left_(bytes) {}

    [[nodiscard]] std::uint64_t varint() { return read_varint<std::uint64_t>(); }
    [[nodiscard]] std::int64_t zigzag() {
        const std::uint64_t value = varint();
        return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
    }
    [[nodiscard]] Int128 i128() {
        const auto value = read_varint<Uint128>();
        return static_cast<Int128>((value >> 1) ^ (~(value & 1) + 1));
    }
    [[nodiscard]] bool boolean() {
        const std::uint8_t value = byte();
        if (value > 1) fail();
        return value == 1;
    }
    // A view into the bytes that are read; it lives as long as they do.
    [[nodiscard]] std::string_view string() { return raw(varint()); }
    [[nodiscard]] Instant instant() { return Instant{zigzag()}; }

    [[nodiscard]] std::uint8_t byte() {
        if (left_.empty()) [[unlikely]] {
            fail();
            return 0;
        }
        const auto value = static_cast<std::uint8_t>(left_.front());
        left_.remove_prefix(1);
        return value;
    }
    [[nodiscard]] std::string_view raw(std::uint64_t size) {
        if (size > left_.size()) [[unlikely]] {
            fail();
            return {};
        }
        const std::string_view value = left_.substr(0, size);
        left_.remove_prefix(size);
        return value;
    }
    [[nodiscard]] std::uint32_t big_endian_u32() { return read_big_endian<std::uint32_t>(); }
    [[nodiscard]] std::uint64_t big_endian_u64() { return read_big_endian<std::uint64_t>(); }

    [[nodiscard]] bool ok() const { return ok_; }
    // Everything was read, and all of it was well formed.
    [[nodiscard]] bool done() const { return ok_ && left_.empty(); }
    [[nodiscard]] std::string_view rest() const { return left_; }

private:
    void fail() {
        ok_ = false;
        left_ = {};
    }

    template <typename Unsigned>
    Unsigned read_varint() {
        constexpr unsigned kBits = sizeof(Unsigned) * 8;
        Unsigned value = 0;
        for (unsigned shift = 0; shift < kBits; shift += 7) {
            if (left_.empty()) [[unlikely]]
                break;
            const auto piece = static_cast<std::uint8_t>(left_.front());
            const unsigned room = kBits - shift;
            if (room < 7 && (piece >> room) != 0) [[unlikely]]
                break;  // more bits than the type holds, or a byte too many
            left_.remove_prefix(1);
            value |= static_cast<Unsigned>(piece & 0x7f) << shift;
            if (piece < 0x80) return value;
        }
        fail();
        return 0;
    }

    template <typename Unsigned>
    Unsigned read_big_endian() {
        Unsigned value = 0;
        for (const char piece : raw(sizeof(Unsigned))) {
            value = static_cast<Unsigned>(value << 8) | static_cast<std::uint8_t>(piece);
        }
        return value;
    }

    std::string_view left_;
    bool ok_ = true;
};

}  // namespace quipu::base
