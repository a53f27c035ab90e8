// The bytes of seen ids and of the position, the same in every store, and the rules of a write set.
//
// Seen key: UTC day (4 bytes, big-endian, sign bit flipped) | fingerprint (16). Value: offset (8) |
// first_seen in microseconds (8), both big-endian. Position: varint offset | zigzag clock | digest
// (16).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "projections/store/state_store.h"

namespace quipu::projections {

// Days since 1970-01-01 in UTC, rounded down.
[[nodiscard]] std::int32_t utc_day(base::Instant at);

[[nodiscard]] std::string seen_key(std::int32_t day, const base::Fingerprint& id);
[[nodiscard]] std::string seen_value(const SeenEvent& event);
// nullopt: not what seen_key and seen_value make.
[[nodiscard]] std::optional<SeenEvent> parse_seen(std::string_view key, std::string_view value);
// The lowest key of a day; keys of earlier days sort before it.
[[nodiscard]] std::string seen_day_prefix(std::int32_t day);

[[nodiscard]] std::string encode_position(const Position& position);
[[nodiscard]] std::optional<Position> parse_position(std::string_view bytes);

// Sorts rows by table and key, seen ids by key, drops all but the last of equal seen keys, and
// checks what WriteSet promises.
void normalise(WriteSet& set, const std::optional<Position>& before);

// The first key after all that start with `prefix`; empty: there is none.
[[nodiscard]] std::string prefix_end(std::string_view prefix);

}  // namespace quipu::projections
