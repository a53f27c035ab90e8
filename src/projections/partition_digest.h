// The digest of a partition's stored state: the one rule that the live server, a replay and
// `verify` share.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "projections/dedupe/dedupe.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

// Event ids count while they are within the window before the partition's clock: when their rows
// are dropped is housekeeping. These are those seen from here on.
[[nodiscard]] inline base::Instant seen_since(const Position& position,
                                              std::int64_t dedupe_window_micros) {
    return base::Instant{position.clock.micros - dedupe_window_micros + 1};
}

[[nodiscard]] inline base::Result<std::string> partition_digest(
    StateStore& store, std::int64_t dedupe_window_micros = kDefaultDedupeWindowMicros) {
    const auto position = store.position();
    if (!position) return tl::unexpected(position.error());
    return store.digest(seen_since(position->value_or(Position{}), dedupe_window_micros));
}

}  // namespace quipu::projections
