#include "projections/event_history.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/bytes.h"
#include "projections/rows/row_codec.h"
#include "projections/rows/row_keys.h"

namespace quipu::projections {
namespace {

constexpr std::size_t kBlockBytes = 1 << 20;

}  // namespace

base::Fingerprint EventHistory::fingerprint(std::string_view organisation,
                                            std::string_view customer, std::string_view id) {
    scope_.assign(organisation).push_back('\0');
    scope_.append(customer).push_back('\0');
    scope_.append(id);
    return base::siphash128(key_, scope_);
}

base::Result<std::optional<ledger::Entry>> EventHistory::find(const base::Fingerprint& id,
                                                              ledger::Offset current,
                                                              base::Instant now) {
    const auto seen = dedupe_.find(id, current, now);
    if (!seen) return tl::unexpected(seen.error());
    if (!*seen) return std::nullopt;
    auto first = read((*seen)->first_offset);
    if (!first) return tl::unexpected(first.error());
    return std::move(first->entry);
}

base::Result<EventHistory::Linked> EventHistory::read(ledger::Offset offset) const {
    std::string bytes;
    const auto pending = std::ranges::lower_bound(pending_, offset, {}, &Pending::offset);
    if (pending != pending_.end() && pending->offset == offset) {
        bytes.assign(pending->value);
    } else {
        auto stored = store_.get(Table::Entry, entry_key(offset));
        if (!stored) return tl::unexpected(stored.error());
        if (!*stored) return base::fail("row_corrupt", "A stored entry is missing.");
        bytes = std::move(**stored);
    }
    base::ByteReader in(bytes);
    Linked linked;
    linked.previous = in.zigzag();
    auto entry = decode_entry(offset, in.rest());
    if (!in.ok() || !entry) return base::fail("row_corrupt", "A stored entry is not readable.");
    linked.entry = std::move(*entry);
    return linked;
}

void EventHistory::remember(const base::Fingerprint& id, ledger::Offset previous,
                            const ledger::Entry& entry) {
    dedupe_.insert({id, entry.offset, entry.recorded_at});
    record(previous, entry);
}

void EventHistory::record(ledger::Offset previous, const ledger::Entry& entry) {
    row_.clear();
    row_.zigzag(previous);
    append_entry(entry, row_);
    pending_.push_back({entry.offset, keep(entry.offset, row_.view())});
    uncollected_.push_back({Table::Entry, entry_key(entry.offset), std::string(row_.view())});
}

std::string_view EventHistory::keep(ledger::Offset offset, std::string_view value) {
    if (blocks_.empty() ||
        blocks_.back().bytes.capacity() - blocks_.back().bytes.size() < value.size()) {
        blocks_.emplace_back().bytes.reserve(std::max(kBlockBytes, value.size()));
    }
    Block& block = blocks_.back();
    const std::size_t start = block.bytes.size();
    block.bytes.append(value);
    block.last = offset;
    return std::string_view(block.bytes).substr(start);
}

void EventHistory::collect(WriteSet& set) {
    if (set.rows.empty()) {
        set.rows = std::exchange(uncollected_, {});
        uncollected_.reserve(set.rows.size());  // as many come again
    } else {
        std::ranges::move(uncollected_, std::back_inserter(set.rows));
        uncollected_.clear();
    }
    std::vector<SeenEvent> seen = dedupe_.take_unsaved();
    set.seen.insert(set.seen.end(), seen.begin(), seen.end());
}

void EventHistory::mark_saved(ledger::Offset next_offset) {
    while (!pending_.empty() && pending_.front().offset < next_offset) pending_.pop_front();
    while (!blocks_.empty() && blocks_.front().last < next_offset) blocks_.pop_front();
    dedupe_.mark_saved(next_offset);
}

}  // namespace quipu::projections
