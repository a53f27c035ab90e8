// What every state store promises, run on each of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>

#include "projections/store/memory_store.h"
#include "projections/store/rocksdb_store.h"
#include "projections/store/write_sets.h"
#include "support/temporary_folder.h"

namespace quipu::projections {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using MakeStore = std::function<std::unique_ptr<StateStore>(const std::string& folder)>;

struct Kind {
    std::string name;
    MakeStore make;
};

std::unique_ptr<StateStore> make_rocksdb(const std::string& folder, std::size_t ingest_at_least) {
    static const RocksdbMemory memory;
    RocksdbStoreOptions options;
    options.ingest_seen_at_least = ingest_at_least;
    auto store = open_rocksdb_store(folder, memory, options);
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
}

std::vector<Kind> kinds() {
    return {{"Memory", [](const std::string&) { return std::make_unique<MemoryStore>(); }},
            {"RocksdbBatches", [](const std::string& f) { return make_rocksdb(f, 1'000'000); }},
            {"RocksdbFiles", [](const std::string& f) { return make_rocksdb(f, 1); }}};
}

Pairs scanned(StateStore& store, Table table, std::string_view prefix) {
    Pairs pairs;
    EXPECT_TRUE(store.scan(table, prefix, [&](std::string_view key, std::string_view value) {
        pairs.emplace_back(key, value);
        return true;
    }));
    return pairs;
}

class StateStoreContract : public testing::TestWithParam<Kind> {
protected:
    void SetUp() override { store_ = GetParam().make(folder_.path("state")); }

    void write(std::vector<Row> rows, std::vector<SeenEvent> seen = {}) {
        ++offset_;
        ASSERT_TRUE(store_->write(
            {std::move(rows), std::move(seen), position_at(offset_ * 1000, after_hours(offset_))}));
    }
    std::optional<std::string> value(Table table, std::string_view key) {
        const auto found = store_->get(table, key);
        EXPECT_TRUE(found);
        return found.value_or(std::nullopt);
    }
    std::optional<SeenEvent> seen(std::uint64_t number, base::Instant not_before) {
        const auto found = store_->find_seen(fingerprint(number), not_before);
        EXPECT_TRUE(found);
        return found.value_or(std::nullopt);
    }

    TemporaryFolder folder_;
    std::unique_ptr<StateStore> store_;
    std::int64_t offset_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Stores, StateStoreContract, testing::ValuesIn(kinds()),
                         [](const auto& test) { return test.param.name; });

TEST_P(StateStoreContract, ANewStoreHasNothing) {
    EXPECT_EQ(store_->position().value(), std::nullopt);
    EXPECT_EQ(value(Table::Account, "a"), std::nullopt);
    EXPECT_EQ(scanned(*store_, Table::Account, ""), Pairs{});
    EXPECT_EQ(seen(1, base::Instant{}), std::nullopt);
}

TEST_P(StateStoreContract, AWriteShowsItsRowsIdsAndPosition) {
    const SeenEvent event{fingerprint(1), 7, after_hours(1)};
    write({{Table::Account, "a", "1"}, {Table::Entry, "a", "2"}}, {event});
    EXPECT_EQ(value(Table::Account, "a"), "1");
    EXPECT_EQ(value(Table::Entry, "a"), "2");
    EXPECT_EQ(value(Table::Meter, "a"), std::nullopt);
    EXPECT_EQ(seen(1, kStart), event);
    EXPECT_EQ(store_->position().value(), position_at(1000, after_hours(1)));
}

TEST_P(StateStoreContract, ALaterWriteReplacesAndDeletes) {
    write({{Table::Grant, "a", "1"}, {Table::Grant, "b", "2"}});
    write({{Table::Grant, "b", std::nullopt}, {Table::Grant, "a", ""}});
    EXPECT_EQ(value(Table::Grant, "a"), "");
    EXPECT_EQ(value(Table::Grant, "b"), std::nullopt);
    EXPECT_EQ(scanned(*store_, Table::Grant, ""), (Pairs{{"a", ""}}));
}

TEST_P(StateStoreContract, KeysMayHoldAnyBytes) {
    const std::string zero(1, '\0');
    const std::string high(3, '\xff');
    write(
        {{Table::Meter, "", "empty"}, {Table::Meter, zero, "zero"}, {Table::Meter, high, "high"}});
    EXPECT_EQ(value(Table::Meter, ""), "empty");
    EXPECT_EQ(value(Table::Meter, zero), "zero");
    EXPECT_EQ(scanned(*store_, Table::Meter, "\xff"), (Pairs{{high, "high"}}));
    EXPECT_EQ(scanned(*store_, Table::Meter, "").size(), 3u);
}

TEST_P(StateStoreContract, AScanStaysInItsTableAndPrefix) {
    write({{Table::Account, "ab", "1"},
           {Table::Account, "b1", "2"},
           {Table::Account, "b2", "3"},
           {Table::Account, "c", "4"},
           {Table::Meter, "b3", "5"},
           {Table::Catalog, "b0", "6"}});
    EXPECT_EQ(scanned(*store_, Table::Account, "b"), (Pairs{{"b1", "2"}, {"b2", "3"}}));
    EXPECT_EQ(scanned(*store_, Table::Account, "").size(), 4u);
    EXPECT_EQ(scanned(*store_, Table::Identity, ""), Pairs{});
}

TEST_P(StateStoreContract, AScanEndsWhenTheVisitorSaysSo) {
    write({{Table::Entry, "a", "1"}, {Table::Entry, "b", "2"}, {Table::Entry, "c", "3"}});
    int visited = 0;
    ASSERT_TRUE(store_->scan(Table::Entry, "",
                             [&](std::string_view, std::string_view) { return ++visited < 2; }));
    EXPECT_EQ(visited, 2);
}

TEST_P(StateStoreContract, ACursorGoesOnWhereItStopped) {
    write({{Table::Entry, "x1", "1"},
           {Table::Entry, "x2", "2"},
           {Table::Entry, "x3", "3"},
           {Table::Entry, "y1", "4"}});
    std::string keys;
    const auto visit = [&](std::string_view key, std::string_view) {
        keys += std::string(key) + " ";
        return true;
    };
    ASSERT_TRUE(store_->scan_from(Table::Entry, "x", "x2", visit));
    EXPECT_EQ(keys, "x2 x3 ");
    keys.clear();
    ASSERT_TRUE(store_->scan_from(Table::Entry, "x", "a", visit));
    EXPECT_EQ(keys, "x1 x2 x3 ");
    keys.clear();
    ASSERT_TRUE(store_->scan_from(Table::Entry, "x", "z", visit));
    EXPECT_EQ(keys, "");
}

TEST_P(StateStoreContract, AScanBackGoesDownFromItsBound) {
    write({{Table::Entry, "w", "0"},
           {Table::Entry, "x1", "1"},
           {Table::Entry, "x2", "2"},
           {Table::Entry, "x3", "3"},
           {Table::Entry, "y1", "4"}});
    std::string keys;
    const auto visit = [&](std::string_view key, std::string_view) {
        keys += std::string(key) + " ";
        return true;
    };
    ASSERT_TRUE(store_->scan_back(Table::Entry, "x", "", visit));
    EXPECT_EQ(keys, "x3 x2 x1 ");
    keys.clear();
    ASSERT_TRUE(store_->scan_back(Table::Entry, "x", "x3", visit));
    EXPECT_EQ(keys, "x2 x1 ");
    keys.clear();
    ASSERT_TRUE(store_->scan_back(Table::Entry, "x", "z", visit));
    EXPECT_EQ(keys, "x3 x2 x1 ");
    keys.clear();
    ASSERT_TRUE(store_->scan_back(Table::Entry, "x", "a", visit));
    EXPECT_EQ(keys, "");
    ASSERT_TRUE(store_->scan_back(Table::Entry, "", "", visit));
    EXPECT_EQ(keys, "y1 x3 x2 x1 w ");
}

TEST_P(StateStoreContract, AnIdCountsFromTheInstantAskedFor) {
    const base::Instant at = after_hours(1);
    write({}, {{fingerprint(1), 5, at}});
    EXPECT_TRUE(seen(1, at));
    EXPECT_FALSE(seen(1, base::Instant{at.micros + 1}));
    EXPECT_FALSE(seen(2, base::Instant{}));
    EXPECT_FALSE(store_->find_seen(fingerprint(1), kStart, base::Instant{at.micros - 1}).value());
}

TEST_P(StateStoreContract, TheNewestMentionOfAnIdIsFound) {
    offset_ = 99;
    write({}, {{fingerprint(1), 5, after_hours(2)}, {fingerprint(1), 9, after_hours(90)}});
    EXPECT_EQ(seen(1, kStart)->first_offset, 9);
    EXPECT_EQ(store_->find_seen(fingerprint(1), kStart, after_hours(50)).value()->first_offset, 5);
}

TEST_P(StateStoreContract, OfOneIdTwiceInOneDayTheLaterStays) {
    write({}, {{fingerprint(1), 5, kStart}, {fingerprint(1), 6, kStart}});
    EXPECT_EQ(seen(1, kStart)->first_offset, 6);
    write({}, {{fingerprint(1), 1500, after_hours(1)}});
    EXPECT_EQ(seen(1, kStart)->first_offset, 1500);
}

TEST_P(StateStoreContract, SeenIdsAreScannedFromAnInstantOn) {
    offset_ = 99;
    std::vector<SeenEvent> events;
    for (int hour = 0; hour < 100; ++hour)
        events.push_back({fingerprint(static_cast<std::uint64_t>(hour)), hour, after_hours(hour)});
    write({}, events);
    std::vector<ledger::Offset> offsets;
    ASSERT_TRUE(store_->scan_seen(after_hours(30), [&](const SeenEvent& event) {
        offsets.push_back(event.first_offset);
        return true;
    }));
    std::sort(offsets.begin(), offsets.end());
    ASSERT_EQ(offsets.size(), 70u);
    EXPECT_EQ(offsets.front(), 30);
    EXPECT_EQ(offsets.back(), 99);
}

TEST_P(StateStoreContract, ForgettingDropsWholeDaysOnly) {
    offset_ = 99;
    const base::Instant noon{20'000 * base::kMicrosPerDay + base::kMicrosPerDay / 2};
    const base::Instant day_before{noon.micros - base::kMicrosPerDay};
    const base::Instant midnight{20'000 * base::kMicrosPerDay};
    ASSERT_TRUE(store_->write({{},
                               {{fingerprint(1), 1, day_before},
                                {fingerprint(2), 2, midnight},
                                {fingerprint(3), 3, noon}},
                               position_at(10, noon)}));
    ASSERT_TRUE(store_->forget_seen(noon));
    EXPECT_FALSE(seen(1, base::Instant{}));
    EXPECT_TRUE(seen(2, base::Instant{}));
    EXPECT_TRUE(seen(3, base::Instant{}));
    ASSERT_TRUE(store_->forget_seen(base::Instant{noon.micros + base::kMicrosPerDay}));
    EXPECT_FALSE(seen(3, base::Instant{}));
}

TEST_P(StateStoreContract, TheDigestLooksAtEverythingButTheOutbox) {
    offset_ = 10;
    const std::string empty = store_->digest(kStart).value();
    write({{Table::Account, "a", "1"}}, {{fingerprint(1), 1, after_hours(2)}});
    const std::string first = store_->digest(kStart).value();
    EXPECT_EQ(first.size(), 64u);
    EXPECT_NE(first, empty);
    EXPECT_NE(store_->digest(after_hours(3)).value(), first) << "the id does not count any more";

    const Position same = *store_->position().value();
    ASSERT_TRUE(store_->write({{{Table::Outbox, "o", "1"}}, {}, same}));
    EXPECT_EQ(store_->digest(kStart).value(), first);
    ASSERT_TRUE(store_->write({{{Table::Meta, "a", "1"}}, {}, same}));
    EXPECT_NE(store_->digest(kStart).value(), first);
    ASSERT_TRUE(store_->write({{{Table::Meta, "a", std::nullopt}}, {}, same}));
    EXPECT_EQ(store_->digest(kStart).value(), first);
}

TEST_P(StateStoreContract, MovingAByteFromKeyToValueChangesTheDigest) {
    const Position same = position_at(1, kStart);
    ASSERT_TRUE(store_->write({{{Table::Meter, "ab", "c"}}, {}, same}));
    const std::string first = store_->digest(kStart).value();
    ASSERT_TRUE(
        store_->write({{{Table::Meter, "ab", std::nullopt}, {Table::Meter, "a", "bc"}}, {}, same}));
    EXPECT_NE(store_->digest(kStart).value(), first);
}

// The reference is a memory store that gets every set on its own and in order.
TEST_P(StateStoreContract, TheDigestForgetsBatchingAndOrder) {
    constexpr std::int64_t kSets = 60;
    MemoryStore reference;
    std::mt19937_64 random(4);
    WriteSet merged;
    std::map<std::pair<Table, std::string>, std::optional<std::string>> rows;
    for (std::int64_t n = 0; n < kSets; ++n) {
        WriteSet set = series_set(n, 20);
        ASSERT_TRUE(reference.write(set));
        for (const Row& row : set.rows) rows[{row.table, row.key}] = row.value;
        merged.seen.insert(merged.seen.end(), set.seen.begin(), set.seen.end());
        merged.position = set.position;
        if (random() % 4 != 0 && n + 1 < kSets) continue;
        for (const auto& [key, value] : rows) merged.rows.push_back({key.first, key.second, value});
        std::shuffle(merged.rows.begin(), merged.rows.end(), random);
        std::shuffle(merged.seen.begin(), merged.seen.end(), random);
        ASSERT_TRUE(store_->write(std::exchange(merged, {})));
        rows.clear();
    }
    EXPECT_EQ(store_->digest(after_hours(20)).value(), reference.digest(after_hours(20)).value());
    for (const Table table : kTables)
        EXPECT_EQ(scanned(*store_, table, ""), scanned(reference, table, ""));
}

using StateStoreContractDeathTest = StateStoreContract;
INSTANTIATE_TEST_SUITE_P(Stores, StateStoreContractDeathTest,
                         testing::Values(Kind{
                             "Memory",
                             [](const std::string&) { return std::make_unique<MemoryStore>(); }}),
                         [](const auto& test) { return test.param.name; });

TEST_P(StateStoreContractDeathTest, ASetThatBreaksItsPromiseIsADefect) {
    EXPECT_DEATH((void)store_->write({{{Table::Meta, "a", "1"}, {Table::Meta, "a", "2"}}, {}, {}}),
                 "CHECK failed");
    EXPECT_DEATH((void)store_->write({{}, {{fingerprint(1), 5, kStart}}, position_at(5, kStart)}),
                 "CHECK failed");
    EXPECT_DEATH(
        (void)store_->write({{}, {{fingerprint(1), 4, after_hours(1)}}, position_at(5, kStart)}),
        "CHECK failed");
    write({});
    EXPECT_DEATH((void)store_->write({{}, {}, position_at(1, kStart)}), "CHECK failed");
}

}  // namespace
}  // namespace quipu::projections
