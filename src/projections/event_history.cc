#include "projections/event_history.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "ledger/row_codec.h"
#include "ledger/row_keys.h"

namespace quipu::projections {

base::Fingerprint EventHistory::fingerprint(std::string_view organisation,
                                            std::string_view customer, std::string_view id) {
    scope_.assign(organisation).push_back('\0');
    scope_.append(customer).push_back('\0');
    scope_.append(id);
    return base::siphash128(key_, scope_);
}

std::optional<ledger::Entry> EventHistory::find(const base::Fingerprint& id,
                                                std::string_view account_prefix,
                                                ledger::Offset current, base::Instant now) {
    const auto seen = dedupe_.find(id, current, now);
    QUIPU_CHECK(seen.has_value());
    if (!*seen) return std::nullopt;
    const ledger::Offset first = (*seen)->first_offset;

    std::string bytes;
    const auto pending = std::ranges::lower_bound(pending_, first, {}, &Pending::offset);
    if (pending != pending_.end() && pending->offset == first) {
        bytes = pending->value;
    } else {
        auto stored = store_.get(Table::Entry, ledger::entry_key(account_prefix, first));
        QUIPU_CHECK(stored.has_value() && stored->has_value());
        bytes = std::move(**stored);
    }
    auto entry = ledger::decode_entry(first, bytes);
    QUIPU_CHECK(entry.has_value());
    return std::move(*entry);
}

void EventHistory::remember(const base::Fingerprint& id, std::string_view account_prefix,
                            const ledger::Entry& entry) {
    dedupe_.insert({id, entry.offset, entry.recorded_at});
    pending_.push_back({entry.offset, ledger::entry_key(account_prefix, entry.offset),
                        ledger::encode_entry(entry)});
    uncollected_.push_back({Table::Entry, pending_.back().key, pending_.back().value});
}

void EventHistory::visit_unsaved(std::string_view account_prefix, ledger::Offset before,
                                 const StateStore::Visit& visit) const {
    auto entry = std::ranges::lower_bound(pending_, before, {}, &Pending::offset);
    while (entry != pending_.begin()) {
        --entry;
        if (entry->key.starts_with(account_prefix) && !visit(entry->key, entry->value)) return;
    }
}

void EventHistory::collect(WriteSet& set) {
    if (set.rows.empty()) {
        set.rows = std::exchange(uncollected_, {});
    } else {
        std::ranges::move(uncollected_, std::back_inserter(set.rows));
        uncollected_.clear();
    }
    std::vector<SeenEvent> seen = dedupe_.take_unsaved();
    set.seen.insert(set.seen.end(), seen.begin(), seen.end());
}

void EventHistory::mark_saved(ledger::Offset next_offset) {
    while (!pending_.empty() && pending_.front().offset < next_offset) pending_.pop_front();
    dedupe_.mark_saved(next_offset);
}

}  // namespace quipu::projections
