#include "ledger/log/embedded_key.h"

#include "base/check.h"

namespace quipu::ledger {
namespace {

constexpr std::size_t kPartitionSize = 5;
constexpr std::size_t kKeySize = 13;

template <typename T>
void put_big_endian(std::string& out, T value) {
    for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFF));
    }
}

}  // namespace

std::string encode_key(const FrameAddress& address) {
    std::string key;
    key.reserve(kKeySize);
    key.push_back(static_cast<char>(address.partition.topic));
    put_big_endian(key, address.partition.index);
    put_big_endian(key, address.base);
    return key;
}

Offset base_offset_of(std::string_view key) {
    QUIPU_CHECK(key.size() == kKeySize);
    std::uint64_t offset = 0;
    for (const char byte : key.substr(kPartitionSize)) {
        offset = offset << 8 | static_cast<unsigned char>(byte);
    }
    return static_cast<Offset>(offset);
}

bool same_partition(std::string_view key, Partition partition) {
    return key.size() == kKeySize &&
           key.starts_with(std::string_view(encode_key({partition, 0})).substr(0, kPartitionSize));
}

}  // namespace quipu::ledger
