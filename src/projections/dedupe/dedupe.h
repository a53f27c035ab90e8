// Which event ids were seen already: exact, over a window of the log's own clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "projections/dedupe/blocked_bloom.h"
#include "projections/dedupe/seen_table.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

inline constexpr std::int64_t kDefaultDedupeWindowMicros = 35 * base::kMicrosPerDay;

// An id counts as seen iff it was first seen less than `window_micros` before now, at an earlier
// offset.
//
// Every id is in the Bloom filter of its generation, and the newest are in tables in full; an id
// that no filter knows costs one cache line per generation. One that a filter knows is looked up in
// the tables, then in the store, on the days of that generation. Memory: 2.5 bytes per id in the
// window, and about 48 per id of the last quarter to half of a generation, or of as many as are not
// saved yet.
//
// One per partition, of the thread that folds it. The store may be written to by another one.
class DedupeIndex {
public:
    // `store` must outlive this. `window_micros` > 0.
    DedupeIndex(StateStore& store, std::int64_t window_micros = kDefaultDedupeWindowMicros,
                std::size_t generation_size = 2'000'000);

    // Rebuilds the filters from the ids in the store; once, before all else. `position` is the
    // store's.
    [[nodiscard]] base::Result<void> load(const Position& position);

    // Fetches what `find` and `insert` will need into the CPU's cache; worth calling some records
    // ahead.
    void prefetch(const base::Fingerprint& id) const;
    // The event that `id` repeats, or none. An error is the store's.
    [[nodiscard]] base::Result<std::optional<SeenEvent>> find(const base::Fingerprint& id,
                                                              ledger::Offset current,
                                                              base::Instant now);

    // In order of offsets.
    void insert(const SeenEvent& event);
    // What was inserted since the last call, in order of offsets, for the next write set.
    [[nodiscard]] std::vector<SeenEvent> take_unsaved();
    // The store shows every id before `next_offset` that was taken: the tables may let go of them.
    // Memory grows until it is told.
    void mark_saved(ledger::Offset next_offset);
    // Drops the filters that hold nothing but ids outside the window.
    void expire(base::Instant now);

    [[nodiscard]] std::size_t generations() const { return generations_.size(); }
    [[nodiscard]] std::size_t ids_in_memory() const;

private:
    struct Generation {
        BlockedBloom filter;
        std::size_t size = 0;
        base::Instant first_seen;  // of its earliest and latest id
        base::Instant last_seen;
    };

    void add_to_filter(const SeenEvent& event);
    [[nodiscard]] base::Result<std::optional<SeenEvent>> find_known(const base::Fingerprint& id,
                                                                    const BloomProbe& probe,
                                                                    ledger::Offset current,
                                                                    base::Instant not_before);
    [[nodiscard]] base::Instant window_start(base::Instant now) const {
        return base::Instant{now.micros - window_micros_ + 1};
    }

    StateStore& store_;
    std::int64_t window_micros_;
    std::size_t generation_size_;
    std::deque<Generation> generations_;  // oldest first; the last one takes new ids
    std::deque<SeenTable> tables_;        // oldest first; the last one takes new ids
    std::size_t taken_ = 0;  // how many events of `tables_`, counted from the oldest, were taken
    std::optional<base::Instant> only_stored_until_;  // ids after it are all in the tables
};

}  // namespace quipu::projections
