// The log port: durable, totally ordered partitions of records, the one source of truth.
//
// Three adapters pass one contract suite (tests/log): memory_log (tests), embedded_log (RocksDB)
// and kafka_log. Appended and durable are one thing here: a callback that reports an offset, and a
// reader that shows a record, both mean that the record is on disk (embedded: synced; Kafka:
// acknowledged by all in-sync replicas).
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace quipu::ledger {

// GCC 12 takes a scoped enumerator for a name beside the enum, where `Events` is a type.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
enum class Topic : std::uint8_t {
    Events = 0,         // account partitions: all about one customer on one partition
    Control = 1,        // one partition: organisations, keys, customer identity, catalogs
    Invoices = 2,       // out: invoice events
    Deadletter = 3,     // out: what could not be folded, with the reason
    Notifications = 4,  // out: facts for the organisations' own back ends
};
#pragma GCC diagnostic pop

struct Partition {
    Topic topic = Topic::Events;
    std::uint32_t index = 0;

    friend auto operator<=>(const Partition&, const Partition&) = default;
};

using Offset = std::int64_t;  // >= 0; offsets of one partition rise but may have gaps (Kafka)

struct Header {
    std::string name;
    std::string value;

    friend bool operator==(const Header&, const Header&) = default;
};

struct NewRecord {
    std::string key;
    std::string value;
    std::vector<Header> headers;
};

struct StoredRecord {
    Offset offset = 0;
    base::Instant recorded_at;  // the log's own append time; falls only with a Kafka broker's clock
    std::string key;
    std::string value;
    std::vector<Header> headers;
};

// Error codes of an append: `log_overloaded` and `log_unavailable` (not written), `outcome_unknown`
// (may have been written: the caller must say so and retry with the same event id).
using Appended = std::function<void(const base::Result<Offset>&)>;

struct Append {
    Partition partition;
    NewRecord record;
    Appended done;  // may be empty; called exactly once, on any thread, and must not block or throw
};

// One cursor on one partition. Owned and called by one thread at a time.
class LogReader {
public:
    virtual ~LogReader() = default;

    // Moves up to `limit` durable records to the end of `out`, in offset order, without waiting. 0
    // = none at the moment. Error codes: `log_truncated` (the wanted offset is gone),
    // `log_unavailable`.
    [[nodiscard]] virtual base::Result<std::size_t> poll(std::size_t limit,
                                                         std::vector<StoredRecord>& out) = 0;

    // `wake` is called, from any thread, when poll may find something after it found nothing. It
    // may be called too often, never too seldom. Set once, before the first poll. It is not called
    // after the reader is destroyed.
    virtual void on_readable(std::function<void()> wake) = 0;
};

class Log {
public:
    virtual ~Log() = default;

    // Number of partitions of a topic, fixed when the ledger was made (Events: N, the others: 1).
    [[nodiscard]] virtual std::uint32_t partitions(Topic topic) const = 0;

    // Appends in the order given, and in call order per calling thread. Never blocks on the disk or
    // the network: a full queue answers `log_overloaded` through `done`.
    virtual void append(std::vector<Append> batch) = 0;

    // A reader whose first record is the first one at or after `from`.
    [[nodiscard]] virtual base::Result<std::unique_ptr<LogReader>> read(Partition partition,
                                                                        Offset from) = 0;

    // One past the last durable record (0 when empty).
    [[nodiscard]] virtual base::Result<Offset> end(Partition partition) = 0;
};

}  // namespace quipu::ledger
