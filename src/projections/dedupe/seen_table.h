// Recently seen ids in full: a list in the order they came, and an open-addressing index of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "projections/store/state_store.h"

namespace quipu::projections {

// Holds up to `capacity` events (< 2^31), 32 bytes each and 16 to 32 more for the index, which
// grows by doubling; nothing is allocated per event. Of one thread.
class SeenTable {
public:
    explicit SeenTable(std::size_t capacity);

    [[nodiscard]] bool full() const { return events_.size() == capacity_; }
    // In the order of their insertion.
    [[nodiscard]] std::span<const SeenEvent> events() const { return events_; }

    // Must not be full. An id that is there already is found by its newest event from now on.
    void insert(const SeenEvent& event);
    // nullptr: not here.
    [[nodiscard]] const SeenEvent* find(const base::Fingerprint& id) const;
    void prefetch(const base::Fingerprint& id) const {
        __builtin_prefetch(&slots_[home(tag_of(id))], 1);
    }

private:
    // The upper half of a slot is a tag, of which the top bits say where the slot wants to be; the
    // lower half is 1 + the index of the event. 0: empty.
    using Slot = std::uint64_t;

    static std::uint32_t tag_of(const base::Fingerprint& id) {
        return static_cast<std::uint32_t>(id.low() >> 32);
    }
    [[nodiscard]] std::size_t home(std::uint32_t tag) const { return tag >> shift_; }
    // The slot of `id`, or the empty one where it would go.
    [[nodiscard]] std::size_t slot_for(const base::Fingerprint& id) const;
    void grow();

    std::size_t capacity_;
    std::vector<SeenEvent> events_;
    std::vector<Slot> slots_;
    unsigned shift_;  // 32 - log2(slots)
};

}  // namespace quipu::projections
