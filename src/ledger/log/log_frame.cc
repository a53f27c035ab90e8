#include "ledger/log/log_frame.h"

#include <bit>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "ledger/log/log_errors.h"
#include "ledger/log/xxhash_checksum.h"

namespace quipu::ledger {
namespace {

// Fixed-size numbers are copied as they are in memory; the format is little-endian.
static_assert(std::endian::native == std::endian::little);

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kRecordedAtAt = 9;
constexpr std::size_t kCountAt = 17;
constexpr std::size_t kHeaderSize = 21;

template <typename T>
T load(std::string_view bytes, std::size_t at) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

template <typename T>
void store(std::string& bytes, std::size_t at, T value) {
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

std::uint64_t seed_of(const FrameAddress& address) {
    char key[13];
    std::memcpy(key, &address.partition.topic, 1);
    std::memcpy(key + 1, &address.partition.index, 4);
    std::memcpy(key + 5, &address.base, 8);
    return checksum(std::string_view(key, sizeof key), 0);
}

void put_varint(std::string& bytes, std::uint64_t value) {
    while (value >= 0x80) {
        bytes.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    bytes.push_back(static_cast<char>(value));
}

void put_bytes(std::string& bytes, std::string_view value) {
    put_varint(bytes, value.size());
    bytes.append(value);
}

}  // namespace

void FrameBuilder::add(const NewRecord& record) {
    if (bytes_.empty()) bytes_.resize(kHeaderSize);
    put_bytes(bytes_, record.key);
    put_bytes(bytes_, record.value);
    put_varint(bytes_, record.headers.size());
    for (const Header& header : record.headers) {
        put_bytes(bytes_, header.name);
        put_bytes(bytes_, header.value);
    }
    ++count_;
}

std::string FrameBuilder::finish(const FrameAddress& address, base::Instant recorded_at) {
    QUIPU_CHECK(count_ > 0);
    store(bytes_, kVersionAt, kVersion);
    store(bytes_, kRecordedAtAt, recorded_at.micros);
    store(bytes_, kCountAt, std::exchange(count_, 0));
    const std::string_view covered = std::string_view(bytes_).substr(kVersionAt);
    store(bytes_, 0, checksum(covered, seed_of(address)));
    return std::exchange(bytes_, {});
}

base::Result<FrameReader> FrameReader::open(const FrameAddress& address, std::string_view bytes) {
    if (bytes.size() < kHeaderSize ||
        load<std::uint64_t>(bytes, 0) != checksum(bytes.substr(kVersionAt), seed_of(address))) {
        return tl::unexpected(
            log_error(kLogDamaged, "the log frame at offset " + std::to_string(address.base) +
                                       " of partition " + std::to_string(address.partition.index) +
                                       " fails its checksum"));
    }
    const auto version = load<std::uint8_t>(bytes, kVersionAt);
    if (version != kVersion) {
        return tl::unexpected(log_error(
            kLogDamaged, "log frames of version " + std::to_string(version) + " are not known"));
    }
    FrameReader reader;
    reader.recorded_at_ = base::Instant{load<std::int64_t>(bytes, kRecordedAtAt)};
    reader.next_ = address.base;
    reader.end_ = address.base + load<std::uint32_t>(bytes, kCountAt);
    reader.rest_ = bytes.substr(kHeaderSize);
    return reader;
}

void FrameReader::read(StoredRecord& record) {
    QUIPU_CHECK(next_ < end_);
    record.offset = next_++;
    record.recorded_at = recorded_at_;
    record.key = take_bytes();
    record.value = take_bytes();
    record.headers.resize(take_varint());
    for (Header& header : record.headers) {
        header.name = take_bytes();
        header.value = take_bytes();
    }
}

void FrameReader::skip_to(Offset offset) {
    for (; next_ < offset; ++next_) {
        QUIPU_CHECK(next_ < end_);
        static_cast<void>(take_bytes());
        static_cast<void>(take_bytes());
        for (std::uint64_t left = take_varint() * 2; left > 0; --left) {
            static_cast<void>(take_bytes());
        }
    }
}

std::uint64_t FrameReader::take_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        QUIPU_CHECK(!rest_.empty());
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80) return value;
    }
    QUIPU_CHECK(!"a varint of more than ten bytes");
    return value;
}

std::string_view FrameReader::take_bytes() {
    const std::uint64_t size = take_varint();
    QUIPU_CHECK(size <= rest_.size());
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
}

}  // namespace quipu::ledger
