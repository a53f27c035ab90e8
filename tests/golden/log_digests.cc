#include "golden/log_digests.h"

#include <fmt/format.h>

#include <memory>

#include "base/bytes.h"
#include "base/sha256.h"
#include "ingest/record_decoder.h"
#include "ledger/log/memory_log.h"
#include "projections/account_fold.h"
#include "projections/control_fold.h"
#include "projections/outbox_codec.h"
#include "projections/partition_digest.h"
#include "projections/partition_runner.h"
#include "projections/rows/row_codec.h"
#include "projections/store/memory_store.h"

namespace quipu::recorded {
namespace {

using base::Result;
using ledger::Partition;
using ledger::StoredRecord;
using ledger::Topic;
using projections::kDefaultDedupeWindowMicros;
using projections::Table;

std::string name_of(Partition partition) {
    if (partition.topic == Topic::Control) return "control";
    return fmt::format("events-{}", partition.index);
}

std::string_view name_of(Topic topic) {
    switch (topic) {
        case Topic::Events:
            return "to events";
        case Topic::Control:
            return "to control";
        case Topic::Invoices:
            return "to invoices";
        case Topic::Deadletter:
            return "to deadletter";
        case Topic::Notifications:
            return "to notifications";
    }
    return "to nowhere";
}

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
            return "view";
    }
    return "unknown";
}

std::string kind_of(const projections::Effect& effect) {
    if (const auto* send = std::get_if<projections::SendRecord>(&effect))
        return std::string(name_of(send->to.topic));
    if (std::holds_alternative<projections::RouteRecord>(effect)) return "routed";
    const auto& call = std::get<projections::CallProvider>(effect).call;
    return call.kind == ledger::ProviderCall::Kind::Charge ? "charge" : "refund";
}

// A number of things in order, and the SHA-256 over them, each behind its length.
class Tally {
public:
    void add(std::string_view bytes) {
        base::ByteWriter length;
        length.varint(bytes.size());
        hash_.update(length.view());
        hash_.update(bytes);
        ++count_;
    }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    // Ends it.
    [[nodiscard]] std::string text() {
        return fmt::format("{} {}", count_, base::to_hex(hash_.finish()));
    }

private:
    base::Sha256 hash_;
    std::uint64_t count_ = 0;
};

class AnswerTally final : public projections::AnswerSink {
public:
    void answered(const projections::Answer& answer) override {
        ledger::Entry entry;
        entry.id = answer.record.id;
        entry.kind = ledger::kind_of(answer.record.command).number;
        entry.recorded_at = answer.recorded_at;
        entry.occurred_at = answer.recorded_at;
        entry.outcome = answer.outcome;
        base::ByteWriter bytes;
        bytes.zigzag(answer.offset);
        bytes.boolean(answer.duplicate);
        bytes.string(answer.customer);
        projections::append_entry(entry, bytes);
        tally_.add(bytes.view());
    }
    [[nodiscard]] std::string text() { return tally_.text(); }

private:
    Tally tally_;
};

// Says the moment of the record that is appended next.
class RecordedClock final : public ledger::Clock {
public:
    [[nodiscard]] base::Instant now() override { return now_; }
    void set(base::Instant now) { now_ = now; }

private:
    base::Instant now_;
};

std::unique_ptr<projections::Fold> make_fold(Partition partition, projections::StateStore& store) {
    if (partition.topic == Topic::Control) {
        return std::make_unique<projections::ControlFold>(
            partition, store, ingest::record_decoder(), kDefaultDedupeWindowMicros);
    }
    return std::make_unique<projections::AccountFold>(partition, store, ingest::record_decoder());
}

// One partition: its own log, since a memory log has one clock for all, and its own store.
class Replay {
public:
    Replay(const RecordedPartition& recorded, std::uint32_t event_partitions)
        : recorded_(recorded), log_(event_partitions, clock_) {
        for (const StoredRecord& record : recorded.records) {
            clock_.set(record.recorded_at);
            std::vector<ledger::Append> one;
            one.push_back(
                {recorded.partition, {record.key, record.value, record.headers}, nullptr});
            log_.append(std::move(one));
        }
    }

    Result<void> run(int lives, LogDigests& digests) {
        const auto end = static_cast<ledger::Offset>(recorded_.records.size());
        for (int life = 1; life <= lives; ++life) {
            if (auto lived = live_until(end * life / lives); !lived) return lived;
        }
        return report(digests);
    }

private:
    // Every effect becomes a row of the outbox, which nobody empties.
    Result<void> live_until(ledger::Offset end) {
        const auto fold = make_fold(recorded_.partition, store_);
        if (auto loaded = fold->load(); !loaded) return loaded;
        projections::RunnerOptions options;
        options.slice_records = 1;
        projections::PartitionRunner runner(recorded_.partition, log_, store_, *fold, nullptr,
                                            answers_, options);
        if (auto started = runner.start([] {}); !started) return started;
        while (runner.next_offset() < end) {
            if (const auto more = runner.drain(); !more) return tl::unexpected(more.error());
        }
        return runner.flush();
    }

    Result<void> report(LogDigests& digests) {
        const std::string partition = name_of(recorded_.partition);
        const auto position = store_.position();
        const auto state = projections::partition_digest(store_);
        if (!position) return tl::unexpected(position.error());
        if (!state) return tl::unexpected(state.error());
        digests["state\t" + partition] =
            fmt::format("{} {}", position->value_or(projections::Position{}).next_offset, *state);
        digests["answers\t" + partition] = answers_.text();
        for (const Table table : projections::kTables) {
            auto reported = table == Table::Outbox ? report_effects(partition, digests)
                                                   : report_table(table, partition, digests);
            if (!reported) return reported;
        }
        return {};
    }

    Result<void> report_table(Table table, const std::string& partition, LogDigests& digests) {
        Tally tally;
        auto scanned = store_.scan(table, {}, [&](std::string_view key, std::string_view value) {
            tally.add(fmt::format("{}\n{}", key, value));
            return true;
        });
        if (!tally.empty())
            digests[fmt::format("table\t{}\t{}", partition, name_of(table))] = tally.text();
        return scanned;
    }

    Result<void> report_effects(const std::string& partition, LogDigests& digests) {
        Tally all;
        std::map<std::string, Tally> by_kind;
        std::optional<base::Error> problem;
        auto scanned =
            store_.scan(Table::Outbox, {}, [&](std::string_view key, std::string_view value) {
                const auto effect = projections::decode_effect(value);
                if (!effect) {
                    problem = effect.error();
                    return false;
                }
                const std::string row = fmt::format("{}\n{}", key, value);
                all.add(row);
                by_kind[kind_of(*effect)].add(row);
                return true;
            });
        if (problem) return tl::unexpected(*problem);
        digests["effects\t" + partition] = all.text();
        for (auto& [kind, tally] : by_kind)
            digests[fmt::format("effects\t{}\t{}", partition, kind)] = tally.text();
        return scanned;
    }

    const RecordedPartition& recorded_;
    RecordedClock clock_;
    ledger::MemoryLog log_;
    projections::MemoryStore store_;
    AnswerTally answers_;
};

}  // namespace

Result<LogDigests> digests_of(const RecordedLog& log, int lives) {
    LogDigests digests;
    for (const RecordedPartition& partition : log.partitions) {
        auto ran = Replay(partition, log.event_partitions).run(lives, digests);
        if (!ran) return tl::unexpected(ran.error());
    }
    return digests;
}

std::string to_text(const LogDigests& digests) {
    std::string text;
    for (const auto& [name, value] : digests) text += fmt::format("{}\t{}\n", name, value);
    return text;
}

LogDigests from_text(std::string_view text) {
    LogDigests digests;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::size_t tab = line.rfind('\t');
        if (tab != std::string_view::npos)
            digests[std::string(line.substr(0, tab))] = line.substr(tab + 1);
    }
    return digests;
}

}  // namespace quipu::recorded
