#include "projections/dedupe/seen_table.h"

#include <utility>

#include "base/check.h"

namespace quipu::projections {
namespace {

constexpr unsigned kFirstSlotsLog2 = 10;

}  // namespace

SeenTable::SeenTable(std::size_t capacity)
    : capacity_(capacity), slots_(std::size_t{1} << kFirstSlotsLog2), shift_(32 - kFirstSlotsLog2) {
    QUIPU_CHECK(capacity > 0 && capacity < (std::size_t{1} << 31));
    events_.reserve(capacity);
}

std::size_t SeenTable::slot_for(const base::Fingerprint& id) const {
    const std::uint32_t tag = tag_of(id);
    const std::size_t last = slots_.size() - 1;
    for (std::size_t at = home(tag);; at = (at + 1) & last) {
        const Slot slot = slots_[at];
        if (slot == 0) return at;
        if (slot >> 32 == tag && events_[(slot & 0xffff'ffff) - 1].id == id) return at;
    }
}

void SeenTable::insert(const SeenEvent& event) {
    QUIPU_CHECK(!full());
    if ((events_.size() + 1) * 2 > slots_.size()) grow();
    const std::size_t at = slot_for(event.id);
    events_.push_back(event);
    slots_[at] = static_cast<Slot>(tag_of(event.id)) << 32 | events_.size();
}

const SeenEvent* SeenTable::find(const base::Fingerprint& id) const {
    const Slot slot = slots_[slot_for(id)];
    return slot == 0 ? nullptr : &events_[(slot & 0xffff'ffff) - 1];
}

void SeenTable::grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    --shift_;
    const std::size_t last = slots_.size() - 1;
    for (const Slot slot : old) {  // in order of their tags, so both vectors are walked in order
        if (slot == 0) continue;
        std::size_t at = home(static_cast<std::uint32_t>(slot >> 32));
        while (slots_[at] != 0) at = (at + 1) & last;
        slots_[at] = slot;
    }
}

}  // namespace quipu::projections
