#include "projections/store/state_digest.h"

#include "base/bytes.h"
#include "projections/store/state_format.h"

namespace quipu::projections {

std::string StateDigest::finish(const Position& position) {
    add(255, {}, encode_position(position));
    return base::to_hex(hash_.finish());
}

void StateDigest::add(std::uint8_t table, std::string_view key, std::string_view value) {
    base::ByteWriter pair;
    pair.reserve(9 + key.size() + value.size());
    pair.byte(table);
    pair.big_endian_u32(static_cast<std::uint32_t>(key.size()));
    pair.raw(key);
    pair.big_endian_u32(static_cast<std::uint32_t>(value.size()));
    pair.raw(value);
    hash_.update(pair.view());
}

}  // namespace quipu::projections
