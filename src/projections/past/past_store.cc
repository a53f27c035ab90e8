#include "projections/past/past_store.h"

#include <algorithm>
#include <tuple>

#include "base/bytes.h"
#include "ledger/command.h"
#include "projections/event_history.h"
#include "projections/rows/row_codec.h"

namespace quipu::projections {
namespace {

using base::Result;

tl::unexpected<base::Error> too_long() {
    return base::fail("history_too_long",
                      "The customer's past is too long to be folded again for one question.");
}

tl::unexpected<base::Error> unsupported() {
    return base::fail("unsupported", "the store of a past account keeps no such rows");
}

const std::string& some_entry() {
    static const std::string kRow = [] {
        ledger::Entry entry;
        entry.kind = ledger::kCommandKind<ledger::Tick>;
        entry.outcome = ledger::Done{};
        base::ByteWriter out;
        out.zigzag(kNoEntry);
        out.raw(encode_entry(entry));
        return out.take();
    }();
    return kRow;
}

}  // namespace

Result<void> PastStore::write(WriteSet set) {
    for (Row& row : set.rows) {
        if (row.table != Table::Invoice || !row.value) continue;
        std::string& kept = invoices_[std::move(row.key)];
        invoice_bytes_ += row.value->size() - kept.size();
        kept = std::move(*row.value);
    }
    if (!set.seen.empty()) {
        Run run;
        run.events = std::move(set.seen);
        for (const SeenEvent& event : run.events)
            run.last_seen = std::max(run.last_seen, event.first_seen);
        std::ranges::sort(run.events, {}, [](const SeenEvent& event) {
            return std::tie(event.id.bytes, event.first_offset);
        });
        run.events.shrink_to_fit();
        seen_events_ += run.events.size();
        runs_.push_back(std::move(run));
    }
    position_ = set.position;
    if (seen_events_ > limits_.seen_events || invoice_bytes_ > limits_.invoice_bytes)
        return too_long();
    return {};
}

Result<std::optional<std::string>> PastStore::get(Table table, std::string_view key) {
    if (table == Table::Entry) return some_entry();
    if (table != Table::Invoice) return std::nullopt;
    const auto found = invoices_.find(key);
    if (found == invoices_.end()) return std::nullopt;
    return found->second;
}

Result<std::optional<SeenEvent>> PastStore::find_seen(const base::Fingerprint& id,
                                                      base::Instant not_before,
                                                      base::Instant not_after) {
    const auto by_id = [](const SeenEvent& event) { return event.id.bytes; };
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
        if (run->last_seen < not_before) continue;
        const auto same = std::ranges::equal_range(run->events, id.bytes, {}, by_id);
        for (auto event = same.end(); event != same.begin();) {
            --event;
            if (event->first_seen >= not_before && event->first_seen <= not_after) return *event;
        }
    }
    return std::nullopt;
}

Result<void> PastStore::forget_seen(base::Instant before) {
    std::erase_if(runs_, [&](const Run& run) {
        if (run.last_seen >= before) return false;
        seen_events_ -= run.events.size();
        return true;
    });
    return {};
}

Result<void> PastStore::scan_from(Table, std::string_view, std::string_view, const Visit&) {
    return unsupported();
}
Result<void> PastStore::scan_back(Table, std::string_view, std::string_view, const Visit&) {
    return unsupported();
}
Result<void> PastStore::scan_seen(base::Instant, const VisitSeen&) {
    return unsupported();
}
Result<std::string> PastStore::digest(base::Instant) {
    return unsupported();
}
Result<void> PastStore::checkpoint(const std::string&) {
    return unsupported();
}

}  // namespace quipu::projections
