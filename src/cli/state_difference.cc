#include "cli/state_difference.h"

#include <fmt/format.h>

#include <vector>

#include "base/bytes.h"
#include "base/instant.h"
#include "projections/dedupe/dedupe.h"
#include "projections/partition_digest.h"
#include "projections/rows/row_keys.h"

namespace quipu::cli {
namespace {

using base::Result;
using projections::Position;
using projections::StateStore;
using projections::Table;

constexpr std::size_t kChunk = 1000;

std::string_view name_of(Table table) {
    switch (table) {
        case Table::Meta:
            return "meta";
        case Table::Catalog:
            return "catalog";
        case Table::Account:
            return "account";
        case Table::Meter:
            return "meter";
        case Table::Grant:
            return "grant";
        case Table::Entity:
            return "entity";
        case Table::Invoice:
            return "invoice";
        case Table::Entry:
            return "entry";
        case Table::Identity:
            return "identity";
        case Table::Outbox:
            return "outbox";
        case Table::EntryTail:
            return "entry tail";
        case Table::View:
            return "read model";
    }
    return "unknown";
}

// Text as it is, a NUL as a slash, anything else in hex.
std::string escape(std::string_view key) {
    std::string text;
    for (const char c : key) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte == 0) {
            text.push_back('/');
        } else if (byte >= 0x20 && byte < 0x7F) {
            text.push_back(c);
        } else {
            text += fmt::format("\\x{:02x}", byte);
        }
    }
    return text;
}

std::string readable(const projections::AccountName& account) {
    return account.organisation + "/" + account.customer;
}

std::string readable_key(Table table, std::string_view key) {
    if (table == Table::Account) {
        if (const auto name = projections::parse_account_key(key)) return readable(*name);
    } else if (table == Table::Meter) {
        if (const auto name = projections::parse_window_key(key)) {
            return fmt::format("{} subscription {} feature '{}' entity '{}' window {}",
                               readable(name->account), name->meter.subscription,
                               name->meter.feature, name->meter.entity,
                               base::format_instant(name->start));
        }
    } else if (table == Table::Grant) {
        if (const auto name = projections::parse_grant_key(key))
            return fmt::format("{} grant {}", readable(name->account), name->seq);
    } else if (table == Table::Entity) {
        if (const auto name = projections::parse_entity_key(key)) {
            return fmt::format("{} feature '{}' entity '{}'", readable(name->account),
                               name->entity.feature, name->entity.entity);
        }
    } else if (table == Table::Entry) {
        if (const auto offset = projections::parse_entry_key(key))
            return fmt::format("offset {}", *offset);
    }
    return escape(key);
}

struct Pair {
    std::string key;
    std::string value;
};

// The rows of one table in key order, read in chunks.
class RowCursor {
public:
    RowCursor(StateStore& store, Table table) : store_(store), table_(table) {}

    // Null: no more rows.
    Result<const Pair*> peek() {
        if (at_ == rows_.size() && !ended_) {
            if (auto read = fill(); !read) return tl::unexpected(read.error());
        }
        return at_ < rows_.size() ? &rows_[at_] : nullptr;
    }
    void next() { ++at_; }

private:
    Result<void> fill() {
        // The first key after the last one that was read.
        const std::string from = rows_.empty() ? std::string() : rows_.back().key + '\0';
        rows_.clear();
        at_ = 0;
        auto scanned = store_.scan_from(table_, {}, from, [this](auto key, auto value) {
            rows_.push_back({std::string(key), std::string(value)});
            return rows_.size() < kChunk;
        });
        ended_ = rows_.size() < kChunk;
        return scanned;
    }

    StateStore& store_;
    const Table table_;
    std::vector<Pair> rows_;
    std::size_t at_ = 0;
    bool ended_ = false;
};

using Difference = Result<std::optional<std::string>>;

Difference differ(Table table, std::string_view key, std::string_view how) {
    return fmt::format("table {}, key {}: {}", name_of(table), readable_key(table, key), how);
}

Difference compare_table(StateStore& live, StateStore& replayed, Table table) {
    RowCursor left(live, table);
    RowCursor right(replayed, table);
    while (true) {
        const auto a = left.peek();
        if (!a) return tl::unexpected(a.error());
        const auto b = right.peek();
        if (!b) return tl::unexpected(b.error());
        if (*a == nullptr && *b == nullptr) return std::nullopt;
        if (*b == nullptr || (*a != nullptr && (*a)->key < (*b)->key))
            return differ(table, (*a)->key, "only in the live state");
        if (*a == nullptr || (*b)->key < (*a)->key)
            return differ(table, (*b)->key, "only in the replayed state");
        if ((*a)->value != (*b)->value) return differ(table, (*a)->key, "another value");
        left.next();
        right.next();
    }
}

// The first id of `one`, seen since `not_before`, that `other` does not have in the same way.
Difference compare_seen(StateStore& one, StateStore& other, base::Instant not_before,
                        std::string_view whose) {
    std::optional<std::string> difference;
    std::optional<base::Error> failed;
    const auto scanned = one.scan_seen(not_before, [&](const projections::SeenEvent& event) {
        const auto found = other.find_seen(event.id, event.first_seen, event.first_seen);
        if (!found) {
            failed = found.error();
        } else if (*found != event) {
            difference = fmt::format("seen ids: the one of offset {} is only in the {} state",
                                     event.first_offset, whose);
        }
        return !failed && !difference;
    });
    if (!scanned) return tl::unexpected(scanned.error());
    if (failed) return tl::unexpected(*failed);
    return difference;
}

}  // namespace

Difference find_difference(StateStore& live, StateStore& replayed) {
    for (const Table table : projections::kTables) {
        if (table == Table::Outbox) continue;
        auto difference = compare_table(live, replayed, table);
        if (!difference || *difference) return difference;
    }
    const auto position = live.position();
    if (!position) return tl::unexpected(position.error());
    const auto other = replayed.position();
    if (!other) return tl::unexpected(other.error());
    const base::Instant not_before = projections::seen_since(
        position->value_or(Position{}), projections::kDefaultDedupeWindowMicros);
    auto difference = compare_seen(live, replayed, not_before, "live");
    if (!difference || *difference) return difference;
    difference = compare_seen(replayed, live, not_before, "replayed");
    if (!difference || *difference) return difference;
    if (*position != *other) return "position: another clock or another last record";
    return std::nullopt;
}

}  // namespace quipu::cli
