// Write sets for tests: small ones by hand, and an endless deterministic series.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/siphash.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

inline constexpr base::Instant kStart{1'700'000'000'000'000};  // 2023-11-14T22:13:20Z

inline base::Instant after_hours(std::int64_t hours) {
    return base::Instant{kStart.micros + hours * base::kMicrosPerHour};
}

inline base::Fingerprint fingerprint(std::uint64_t number) {
    return base::siphash128({}, std::to_string(number));
}

inline Position position_at(ledger::Offset next_offset, base::Instant clock) {
    Position position{next_offset, clock, {}};
    position.last_record_digest[0] = static_cast<std::uint8_t>(next_offset);
    return position;
}

// The n-th of a series: each covers `size` offsets and an hour, rewrites some rows of earlier sets
// and deletes some, in every table, and sees one id per offset.
inline WriteSet series_set(std::int64_t n, std::int64_t size) {
    WriteSet set;
    set.position = position_at((n + 1) * size, after_hours(n));
    for (std::int64_t i = 0; i < size; ++i) {
        const ledger::Offset offset = n * size + i;
        set.seen.push_back(
            {fingerprint(static_cast<std::uint64_t>(offset)), offset, after_hours(n)});
    }
    for (const Table table : kTables) {
        for (std::int64_t i = 0; i < 5; ++i) {
            std::string key = "row" + std::to_string((n * 3 + i) % 17);
            const bool deleted = (n + i) % 4 == 0;
            set.rows.push_back(
                {table, std::move(key),
                 deleted ? std::nullopt : std::optional(std::to_string(n) + std::string(20, 'v'))});
        }
    }
    return set;
}

}  // namespace quipu::projections
