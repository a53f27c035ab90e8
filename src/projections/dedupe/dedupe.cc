#include "projections/dedupe/dedupe.h"

#include <algorithm>

#include "base/check.h"

namespace quipu::projections {
namespace {

constexpr std::size_t kTablesPerGeneration = 4;
// The table being filled and the one before it stay, so that a quick retry never costs a disk read.
constexpr std::size_t kTablesKept = 2;

}  // namespace

DedupeIndex::DedupeIndex(StateStore& store, std::int64_t window_micros, std::size_t generation_size)
    : store_(store), window_micros_(window_micros), generation_size_(generation_size) {
    QUIPU_CHECK(window_micros > 0 && generation_size >= kTablesPerGeneration);
    tables_.emplace_back(generation_size_ / kTablesPerGeneration);
    generations_.push_back({BlockedBloom(generation_size_)});
}

base::Result<void> DedupeIndex::load(const Position& position) {
    QUIPU_CHECK(generations_.size() == 1 && generations_.front().size == 0);
    return store_.scan_seen(window_start(position.clock), [&](const SeenEvent& event) {
        if (event.first_offset >= position.next_offset) return true;
        add_to_filter(event);
        only_stored_until_ =
            std::max(only_stored_until_.value_or(event.first_seen), event.first_seen);
        return true;
    });
}

void DedupeIndex::prefetch(const base::Fingerprint& id) const {
    const BloomProbe probe = generations_.front().filter.probe(id);
    for (const Generation& generation : generations_) generation.filter.prefetch(probe);
    tables_.back().prefetch(id);
}

base::Result<std::optional<SeenEvent>> DedupeIndex::find(const base::Fingerprint& id,
                                                         ledger::Offset current,
                                                         base::Instant now) {
    // All filters are of one size, so one probe serves all; no branch until all were asked, so that
    // their cache lines come at the same time.
    const BloomProbe probe = generations_.front().filter.probe(id);
    bool known = false;
    for (const Generation& generation : generations_) known |= generation.filter.may_contain(probe);
    if (!known) return std::nullopt;
    return find_known(id, probe, current, window_start(now));
}

base::Result<std::optional<SeenEvent>> DedupeIndex::find_known(const base::Fingerprint& id,
                                                               const BloomProbe& probe,
                                                               ledger::Offset current,
                                                               base::Instant not_before) {
    for (auto table = tables_.rbegin(); table != tables_.rend(); ++table) {
        const SeenEvent* event = table->find(id);
        if (event == nullptr || event->first_offset >= current) continue;
        if (event->first_seen < not_before) return std::nullopt;  // and so are all earlier ones
        return *event;
    }
    if (!only_stored_until_) return std::nullopt;
    for (auto generation = generations_.rbegin(); generation != generations_.rend(); ++generation) {
        if (!generation->filter.may_contain(probe)) continue;
        const base::Instant first = std::max(generation->first_seen, not_before);
        const base::Instant last = std::min(generation->last_seen, *only_stored_until_);
        if (first > last) continue;
        const auto event = store_.find_seen(id, first, last);
        if (!event) return tl::unexpected(event.error());
        // An id from this offset on can only be the trace of a fold that a crash undid.
        if (*event && (*event)->first_offset < current) return *event;
    }
    return std::nullopt;
}

void DedupeIndex::add_to_filter(const SeenEvent& event) {
    if (generations_.back().size == generation_size_)
        generations_.push_back({BlockedBloom(generation_size_)});
    Generation& generation = generations_.back();
    generation.filter.insert(generation.filter.probe(event.id));
    const bool first = generation.size++ == 0;
    generation.first_seen =
        first ? event.first_seen : std::min(generation.first_seen, event.first_seen);
    generation.last_seen =
        first ? event.first_seen : std::max(generation.last_seen, event.first_seen);
}

void DedupeIndex::insert(const SeenEvent& event) {
    add_to_filter(event);
    if (tables_.back().full()) tables_.emplace_back(generation_size_ / kTablesPerGeneration);
    tables_.back().insert(event);
}

std::vector<SeenEvent> DedupeIndex::take_unsaved() {
    std::vector<SeenEvent> unsaved;
    unsaved.reserve(ids_in_memory() - taken_);
    std::size_t skipped = taken_;
    for (const SeenTable& table : tables_) {
        const auto events = table.events();
        const std::size_t skip = std::min(skipped, events.size());
        skipped -= skip;
        unsaved.insert(unsaved.end(), events.begin() + static_cast<std::ptrdiff_t>(skip),
                       events.end());
    }
    taken_ += unsaved.size();
    return unsaved;
}

void DedupeIndex::mark_saved(ledger::Offset next_offset) {
    while (tables_.size() > kTablesKept) {
        const auto events = tables_.front().events();
        if (events.size() > taken_ || events.back().first_offset >= next_offset) return;
        only_stored_until_ = std::max(only_stored_until_.value_or(events.back().first_seen),
                                      events.back().first_seen);
        taken_ -= events.size();
        tables_.pop_front();
    }
}

void DedupeIndex::expire(base::Instant now) {
    const base::Instant not_before = window_start(now);
    while (generations_.front().size > 0 && generations_.front().last_seen < not_before) {
        generations_.pop_front();
        if (generations_.empty()) generations_.push_back({BlockedBloom(generation_size_)});
    }
}

std::size_t DedupeIndex::ids_in_memory() const {
    std::size_t ids = 0;
    for (const SeenTable& table : tables_) ids += table.events().size();
    return ids;
}

}  // namespace quipu::projections
