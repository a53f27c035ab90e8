#include "projections/store/memory_store.h"

#include <algorithm>

#include "projections/store/state_digest.h"
#include "projections/store/state_format.h"

namespace quipu::projections {
namespace {

std::size_t number(Table table) {
    return static_cast<std::size_t>(table);
}

}  // namespace

base::Result<void> MemoryStore::write(WriteSet set) {
    const std::lock_guard lock(content_mutex_);
    normalise(set, position_);
    for (Row& row : set.rows) {
        Rows& rows = tables_[number(row.table)];
        if (row.value) {
            rows.insert_or_assign(std::move(row.key), std::move(*row.value));
        } else {
            rows.erase(row.key);
        }
    }
    for (const SeenEvent& event : set.seen) {
        seen_.insert_or_assign(seen_key(utc_day(event.first_seen), event.id), seen_value(event));
    }
    position_ = set.position;
    return {};
}

base::Result<std::optional<Position>> MemoryStore::position() {
    const std::lock_guard lock(content_mutex_);
    return position_;
}

base::Result<std::optional<std::string>> MemoryStore::get(Table table, std::string_view key) {
    const std::lock_guard lock(content_mutex_);
    const Rows& rows = tables_[number(table)];
    const auto found = rows.find(key);
    if (found == rows.end()) return std::nullopt;
    return found->second;
}

base::Result<void> MemoryStore::scan_from(Table table, std::string_view prefix,
                                          std::string_view first_key, const Visit& visit) {
    const std::lock_guard lock(content_mutex_);
    const Rows& rows = tables_[number(table)];
    for (auto at = rows.lower_bound(std::max(prefix, first_key)); at != rows.end(); ++at) {
        if (!at->first.starts_with(prefix) || !visit(at->first, at->second)) break;
    }
    return {};
}

base::Result<void> MemoryStore::scan_back(Table table, std::string_view prefix,
                                          std::string_view before_key, const Visit& visit) {
    const std::lock_guard lock(content_mutex_);
    const Rows& rows = tables_[number(table)];
    const std::string end = prefix_end(prefix);
    auto at = end.empty() ? rows.end() : rows.lower_bound(end);
    if (!before_key.empty() && (end.empty() || before_key < end)) at = rows.lower_bound(before_key);
    while (at != rows.begin()) {
        --at;
        if (!at->first.starts_with(prefix) || !visit(at->first, at->second)) break;
    }
    return {};
}

base::Result<std::optional<SeenEvent>> MemoryStore::find_seen(const base::Fingerprint& id,
                                                              base::Instant not_before,
                                                              base::Instant not_after) {
    const std::lock_guard lock(content_mutex_);
    if (!position_) return std::nullopt;
    const std::int32_t first = utc_day(not_before);
    for (std::int32_t day = utc_day(std::min(not_after, position_->clock)); day >= first; --day) {
        const auto found = seen_.find(seen_key(day, id));
        if (found == seen_.end()) continue;
        const auto event = parse_seen(found->first, found->second);
        if (event->first_seen >= not_before && event->first_seen <= not_after) return event;
    }
    return std::nullopt;
}

base::Result<void> MemoryStore::scan_seen(base::Instant not_before, const VisitSeen& visit) {
    const std::lock_guard lock(content_mutex_);
    for (auto at = seen_.lower_bound(seen_day_prefix(utc_day(not_before))); at != seen_.end();
         ++at) {
        const auto event = parse_seen(at->first, at->second);
        if (event->first_seen >= not_before && !visit(*event)) break;
    }
    return {};
}

base::Result<void> MemoryStore::forget_seen(base::Instant before) {
    const std::lock_guard lock(content_mutex_);
    seen_.erase(seen_.begin(), seen_.lower_bound(seen_day_prefix(utc_day(before))));
    return {};
}

base::Result<std::string> MemoryStore::digest(base::Instant seen_not_before) {
    const std::lock_guard lock(content_mutex_);
    StateDigest digest;
    for (const Table table : kTables) {
        if (table == Table::Outbox) continue;
        for (const auto& [key, value] : tables_[number(table)]) digest.add_row(table, key, value);
    }
    for (const auto& [key, value] : seen_) {
        if (parse_seen(key, value)->first_seen >= seen_not_before) digest.add_seen(key, value);
    }
    return digest.finish(position_.value_or(Position{}));
}

base::Result<void> MemoryStore::checkpoint(const std::string&) {
    return base::fail("unsupported", "a store in memory makes no checkpoints");
}

}  // namespace quipu::projections
