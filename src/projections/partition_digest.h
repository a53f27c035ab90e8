// The digest of a partition's stored state: the one rule that the live server, a replay and
// `verify` share.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "projections/dedupe.h"
#include "projections/state_store.h"

namespace quipu::projections {

// Event ids count while they are within the window before the partition's clock: when their rows
// are dropped is housekeeping.
[[nodiscard]] inline base::Result<std::string> partition_digest(
    StateStore& store, std::int64_t dedupe_window_micros = kDefaultDedupeWindowMicros) {
    const auto position = store.position();
    if (!position) return tl::unexpected(position.error());
    const base::Instant clock = *position ? (*position)->clock : base::Instant{};
    return store.digest(base::Instant{clock.micros - dedupe_window_micros + 1});
}

}  // namespace quipu::projections
