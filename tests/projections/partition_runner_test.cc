// One partition, driven: slices, the outbox, what is written behind, and where it goes on.
#include "projections/partition_runner.h"

#include <gtest/gtest.h>

#include <optional>

#include "ledger/log/memory_log.h"
#include "projections/account_fold.h"
#include "projections/partition_digest.h"
#include "projections/store/memory_store.h"
#include "support/fold_driver.h"

namespace quipu::projections {
namespace {

using testing::decode_stored;

constexpr ledger::Partition kPartition{ledger::Topic::Events, 0};
constexpr auto kNoWake = [] {};

class HandClock final : public ledger::Clock {
public:
    base::Instant now() override { return at; }
    base::Instant at{1'793'491'200'000'000};
};

ledger::CommandRecord genesis() {
    ledger::Genesis genesis;
    genesis.partitions = 1;
    return {.command = genesis};
}
ledger::CommandRecord opening(const std::string& id) {
    return {"open:" + id,
            "org_1",
            id,
            std::nullopt,
            {},
            true,
            ledger::OpenAccount{id, "name of " + id, "", false}};
}
// Of a customer that is not at home: its effect is a route.
ledger::CommandRecord stray(const std::string& id) {
    return {id, "org_1", "nobody", std::nullopt, {}, false, ledger::GenerateInvoice{}};
}

class ALog {
public:
    explicit ALog(const std::vector<ledger::CommandRecord>& records = {genesis()}) {
        for (const ledger::CommandRecord& record : records) add(record);
    }
    void add(const ledger::CommandRecord& record) {
        std::vector<ledger::Append> batch;
        batch.push_back({kPartition, {"key", ledger::encode(record), {}}, {}});
        log_.append(std::move(batch));
    }
    [[nodiscard]] ledger::MemoryLog& log() { return log_; }

private:
    HandClock clock_;
    ledger::MemoryLog log_{1, clock_};
};

struct Delivered final : Outbox {
    void deliver(const std::string& id, Effect effect) override {
        ids.push_back(id);
        const auto* route = std::get_if<RouteRecord>(&effect);
        records.push_back(route != nullptr ? route->record.id : "");
    }
    std::vector<std::string> ids;
    std::vector<std::string> records;
};

struct Answered final : AnswerSink {
    void answered(const Answer& answer) override { ids.push_back(answer.record.id); }
    std::vector<std::string> ids;
};

// A process that folds the partition: what is in it goes with it, log and store stay.
struct Process {
    Process(ALog& log, StateStore& store, RunnerOptions options = {})
        : fold(kPartition, store, decode_stored),
          runner(kPartition, log.log(), store, fold, &delivered, answered, options) {
        QUIPU_CHECK(fold.load().has_value());
    }
    // Starts, and folds what there is.
    void catch_up() {
        QUIPU_CHECK(runner.start(kNoWake).has_value());
        drain();
    }
    void drain() {
        while (runner.drain().value()) continue;
    }

    AccountFold fold;
    Delivered delivered;
    Answered answered;
    PartitionRunner runner;
};

std::vector<std::string> outbox_rows(StateStore& store) {
    std::vector<std::string> keys;
    const auto scanned = store.scan(Table::Outbox, {}, [&](std::string_view key, std::string_view) {
        keys.emplace_back(key);
        return true;
    });
    EXPECT_TRUE(scanned.has_value());
    return keys;
}

RunnerOptions slices_of(std::size_t records) {
    RunnerOptions options;
    options.slice_records = records;
    return options;
}

TEST(PartitionRunner, FoldsInSlices) {
    ALog log({genesis(), opening("cus_1"), opening("cus_2")});
    MemoryStore store;
    Process process(log, store, slices_of(2));
    int wakes = 0;
    ASSERT_TRUE(process.runner.start([&] { ++wakes; }).has_value());
    EXPECT_EQ(process.runner.next_offset(), 0);
    EXPECT_EQ(process.runner.drain(), true);
    EXPECT_EQ(process.runner.next_offset(), 2);
    EXPECT_EQ(process.fold.accounts(), 1u);
    EXPECT_EQ(process.runner.drain(), true);
    EXPECT_EQ(process.runner.next_offset(), 3);
    EXPECT_EQ(process.runner.folded(), 3u);
    EXPECT_EQ(process.runner.drain(), false);
    const int before = wakes;
    log.add(opening("cus_3"));
    EXPECT_GT(wakes, before);
    EXPECT_EQ(process.runner.drain(), true);
    EXPECT_EQ(process.answered.ids,
              (std::vector<std::string>{"", "open:cus_1", "open:cus_2", "open:cus_3"}));
}

TEST(PartitionRunner, EffectsAreOnlyRowsBeforeDeliveryBegins) {
    ALog log({genesis(), stray("evt_1"), stray("evt_2")});
    MemoryStore store;
    Process process(log, store);
    process.catch_up();
    EXPECT_TRUE(process.delivered.ids.empty());
    ASSERT_TRUE(process.runner.flush().has_value());
    const std::vector<std::string> rows{outbox_key(1, 0), outbox_key(2, 0)};
    EXPECT_EQ(outbox_rows(store), rows);
    EXPECT_TRUE(process.delivered.ids.empty());

    ASSERT_TRUE(process.runner.begin_delivery().has_value());
    EXPECT_EQ(process.delivered.ids, rows);
    EXPECT_EQ(process.delivered.records, (std::vector<std::string>{"evt_1", "evt_2"}));
    // From now on as they come.
    log.add(stray("evt_3"));
    process.drain();
    EXPECT_EQ(process.delivered.records, (std::vector<std::string>{"evt_1", "evt_2", "evt_3"}));
}

TEST(PartitionRunner, RowsThatWereNeverWrittenAreHandedOverToo) {
    ALog log({genesis(), stray("evt_1")});
    MemoryStore store;
    Process process(log, store);
    process.catch_up();
    ASSERT_TRUE(process.runner.begin_delivery().has_value());
    EXPECT_EQ(process.delivered.records, std::vector<std::string>{"evt_1"});
}

TEST(PartitionRunner, WhatWasDeliveredIsNoRowAnyMore) {
    ALog log({genesis(), stray("evt_1"), stray("evt_2")});
    MemoryStore store;
    {
        Process process(log, store);
        process.catch_up();
        ASSERT_TRUE(process.runner.begin_delivery().has_value());
        process.runner.delivered(outbox_key(1, 0));
        log.add(stray("evt_3"));
        process.drain();
        process.runner.delivered(outbox_key(3, 0));  // before it was ever written
        ASSERT_TRUE(process.runner.flush().has_value());
    }
    EXPECT_EQ(outbox_rows(store), std::vector<std::string>{outbox_key(2, 0)});
    // The other one is handed over again after a restart.
    Process again(log, store);
    again.catch_up();
    ASSERT_TRUE(again.runner.begin_delivery().has_value());
    EXPECT_EQ(again.delivered.records, std::vector<std::string>{"evt_2"});
}

TEST(PartitionRunner, AReplayKeepsNoOutbox) {
    ALog log({genesis(), stray("evt_1")});
    MemoryStore store;
    RunnerOptions options;
    options.keep_outbox = false;
    Process process(log, store, options);
    process.catch_up();
    ASSERT_TRUE(process.runner.flush().has_value());
    EXPECT_TRUE(outbox_rows(store).empty());
    EXPECT_EQ(store.position().value()->next_offset, 2);
}

TEST(PartitionRunner, GoesOnAtTheStoredPosition) {
    ALog log({genesis(), opening("cus_1")});
    MemoryStore store;
    {
        Process process(log, store);
        process.catch_up();
        ASSERT_TRUE(process.runner.flush().has_value());
        log.add(opening("cus_2"));
        process.drain();  // and is gone before it was written
    }
    Process again(log, store);
    EXPECT_EQ(again.fold.accounts(), 1u);
    again.catch_up();
    EXPECT_EQ(again.runner.folded(), 1u);
    EXPECT_EQ(again.answered.ids, std::vector<std::string>{"open:cus_2"});
    ASSERT_TRUE(again.runner.flush().has_value());

    MemoryStore uninterrupted;
    Process once(log, uninterrupted);
    once.catch_up();
    ASSERT_TRUE(once.runner.flush().has_value());
    EXPECT_EQ(partition_digest(store), partition_digest(uninterrupted));
}

TEST(PartitionRunner, WritesBehindAfterSoManyRecords) {
    ALog log({genesis(), opening("cus_1"), opening("cus_2")});
    MemoryStore store;
    RunnerOptions options = slices_of(1);
    options.write_after_records = 2;
    {
        Process process(log, store, options);
        process.catch_up();
    }  // what was given to the writer is written
    ASSERT_TRUE(store.position().value().has_value());
    EXPECT_EQ(store.position().value()->next_offset, 2);
}

TEST(PartitionRunner, ALogThatWasCutOrReplacedIsRefused) {
    ALog log({genesis(), opening("cus_1"), opening("cus_2")});
    MemoryStore store;
    {
        Process process(log, store);
        process.catch_up();
        ASSERT_TRUE(process.runner.flush().has_value());
    }
    const auto started_on = [&](std::vector<ledger::CommandRecord> records) {
        ALog other(records);
        Process process(other, store);
        const auto started = process.runner.start(kNoWake);
        return started ? std::string("started") : std::string(started.error().code.text());
    };
    EXPECT_EQ(started_on({genesis(), opening("cus_1"), opening("cus_2")}), "started");
    EXPECT_EQ(started_on({genesis(), opening("cus_1")}), "log_truncated");
    EXPECT_EQ(started_on({}), "log_truncated");
    EXPECT_EQ(started_on({genesis(), opening("cus_1"), opening("cus_3")}), "log_truncated");
    EXPECT_EQ(started_on({genesis(), opening("cus_1"), opening("cus_3"), opening("cus_2")}),
              "log_truncated");
}

TEST(PartitionRunner, ARecordThatCannotBeFoldedEndsThePartition) {
    ALog log({genesis(), opening("cus_1")});
    MemoryStore store;
    Process process(log, store, slices_of(2));
    process.catch_up();
    ASSERT_TRUE(process.runner.begin_delivery().has_value());
    ASSERT_TRUE(process.runner.flush().has_value());
    const auto digest = partition_digest(store);

    log.add(opening("cus_2"));
    log.add(stray("evt_1"));
    log.add(stray("evt_2"));
    log.add({.command = ledger::AdoptRules{99, "9.9.0"}});
    EXPECT_EQ(process.runner.drain(), true);
    EXPECT_EQ(process.delivered.records, std::vector<std::string>{"evt_1"});
    const auto halted = process.runner.drain();
    ASSERT_FALSE(halted.has_value());
    EXPECT_EQ(halted.error().code, base::ErrorCode("rules_unknown"));
    // Of the slice that failed nothing is handed over, and nothing since the last write is written.
    EXPECT_EQ(process.delivered.records, std::vector<std::string>{"evt_1"});
    process.runner.write_behind();
    EXPECT_TRUE(process.runner.flush().has_value());
    EXPECT_EQ(store.position().value()->next_offset, 2);
    EXPECT_EQ(partition_digest(store), digest);
    EXPECT_TRUE(outbox_rows(store).empty());
}

}  // namespace
}  // namespace quipu::projections
