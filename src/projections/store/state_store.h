// The state port: the rows, the seen event ids and the log position of one partition.
//
// Two adapters pass one contract suite (tests/projections): memory_store (tests) and rocksdb_store.
// Whatever is stored here can be rebuilt from the log, so nothing is synced to the disk: after a
// crash the store shows one earlier write as a whole, and the log's tail is folded again.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fingerprint.h"
#include "base/instant.h"
#include "base/result.h"
#include "ledger/log/log.h"

namespace quipu::projections {

// The numbers are on disk and in the digest: never reused, never reordered.
enum class Table : std::uint8_t {
    Meta = 1,
    Catalog = 2,
    Account = 3,
    Meter = 4,
    Grant = 5,
    Entity = 6,
    Invoice = 7,
    Entry = 8,
    Identity = 9,
    Outbox = 10,
    EntryTail = 11,
    View = 12,  // read models (projection.h), each below a prefix of its own
};

inline constexpr std::array kTables{Table::Meta,     Table::Catalog, Table::Account,   Table::Meter,
                                    Table::Grant,    Table::Entity,  Table::Invoice,   Table::Entry,
                                    Table::Identity, Table::Outbox,  Table::EntryTail, Table::View};

struct Row {
    Table table = Table::Meta;
    std::string key;
    std::optional<std::string> value;  // nullopt deletes

    friend bool operator==(const Row&, const Row&) = default;
};

// How far the fold came. Every record before `next_offset` is in the state, none at or after it.
struct Position {
    ledger::Offset next_offset = 0;
    base::Instant clock;  // of the partition: no earlier record was appended after it, no later one
                          // before it
    std::array<std::uint8_t, 16> last_record_digest{};

    friend bool operator==(const Position&, const Position&) = default;
};

struct SeenEvent {
    base::Fingerprint id;
    ledger::Offset first_offset = 0;
    base::Instant first_seen;

    friend bool operator==(const SeenEvent&, const SeenEvent&) = default;
};

// `rows` has at most one row for a key. Every seen id has first_offset < position.next_offset and
// first_seen <= position.clock; of two with one id and day, the later in `seen` counts. Positions
// never go back. Adapters check all of this; order is free, but sorted is cheaper.
struct WriteSet {
    std::vector<Row> rows;
    std::vector<SeenEvent> seen;
    Position position;
};

// One per partition, one folder each. `write` and `forget_seen` come from one thread at a time, all
// else from any. Error codes: `state_corrupt` (stored bytes are not what was written: rebuild from
// the log), `state_unavailable` (the disk or the folder).
class StateStore {
public:
    // False ends the scan. The views live until it returns; it must not call the store's `write`.
    using Visit = std::function<bool(std::string_view key, std::string_view value)>;
    using VisitSeen = std::function<bool(const SeenEvent&)>;

    virtual ~StateStore() = default;

    // Rows, seen ids and position become visible together or not at all, also across a crash.
    [[nodiscard]] virtual base::Result<void> write(WriteSet set) = 0;

    // nullopt: nothing was ever written.
    [[nodiscard]] virtual base::Result<std::optional<Position>> position() = 0;
    [[nodiscard]] virtual base::Result<std::optional<std::string>> get(Table table,
                                                                       std::string_view key) = 0;

    // Rows whose key starts with `prefix`, ascending in byte order.
    [[nodiscard]] base::Result<void> scan(Table table, std::string_view prefix,
                                          const Visit& visit) {
        return scan_from(table, prefix, prefix, visit);
    }
    // The same, from the first key >= `first_key` on.
    [[nodiscard]] virtual base::Result<void> scan_from(Table table, std::string_view prefix,
                                                       std::string_view first_key,
                                                       const Visit& visit) = 0;
    // Rows whose key starts with `prefix` and is < `before_key` (empty: no such bound), descending.
    [[nodiscard]] virtual base::Result<void> scan_back(Table table, std::string_view prefix,
                                                       std::string_view before_key,
                                                       const Visit& visit) = 0;

    // The newest mention of `id` with not_before <= first_seen <= not_after. Costs one lookup per
    // UTC day between the two, so a caller that knows the day saves time.
    [[nodiscard]] virtual base::Result<std::optional<SeenEvent>> find_seen(
        const base::Fingerprint& id, base::Instant not_before, base::Instant not_after) = 0;
    [[nodiscard]] base::Result<std::optional<SeenEvent>> find_seen(const base::Fingerprint& id,
                                                                   base::Instant not_before) {
        return find_seen(id, not_before, base::kEndOfTime);
    }
    // Every id seen at or after `not_before`, by UTC day, then by id.
    [[nodiscard]] virtual base::Result<void> scan_seen(base::Instant not_before,
                                                       const VisitSeen& visit) = 0;
    // Drops the ids of all UTC days that ended at or before `before`.
    [[nodiscard]] virtual base::Result<void> forget_seen(base::Instant before) = 0;

    // SHA-256, hex, of every table but Outbox, of the ids seen at or after the instant, and of the
    // position; see state_digest.h. Equal for equal content, whatever the store and the batching.
    [[nodiscard]] virtual base::Result<std::string> digest(base::Instant seen_not_before) = 0;

    // Makes `folder`, which must not exist, a copy of the state as of now that can be opened.
    [[nodiscard]] virtual base::Result<void> checkpoint(const std::string& folder) = 0;
};

}  // namespace quipu::projections
