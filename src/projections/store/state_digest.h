// The digest of a partition's state: one SHA-256 over its logical content, in one order.
//
// Tables in the order of their numbers without Outbox (it empties as the world takes things out of
// it), keys ascending: table number (1 byte), then key and value, each behind its length (4 bytes,
// big-endian). Then the seen ids as table 0, and the position as the value of an empty key of table
// 255.
#pragma once

#include <string>
#include <string_view>

#include "base/sha256.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

class StateDigest {
public:
    void add_row(Table table, std::string_view key, std::string_view value) {
        add(static_cast<std::uint8_t>(table), key, value);
    }
    void add_seen(std::string_view key, std::string_view value) { add(0, key, value); }
    // Hex. Ends the digest.
    [[nodiscard]] std::string finish(const Position& position);

private:
    void add(std::uint8_t table, std::string_view key, std::string_view value);

    base::Sha256 hash_;
};

}  // namespace quipu::projections
