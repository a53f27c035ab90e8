// Parts of the commands that need no process: names, addresses, the bounded log, state differences.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/log/log_until.h"
#include "cli/log/partition_name.h"
#include "cli/state_difference.h"
#include "engine/clocks.h"
#include "ledger/log/memory_log.h"
#include "projections/rows/row_keys.h"
#include "projections/store/memory_store.h"
#include "server/data_folder.h"
#include "server/listen_address.h"
#include "support/temporary_folder.h"

namespace quipu::cli {
namespace {

using ledger::Partition;
using ledger::Topic;
using projections::Table;

TEST(PartitionName, IsReadBackAsItIsPrinted) {
    for (const Partition partition :
         {Partition{Topic::Control, 0}, Partition{Topic::Events, 0}, Partition{Topic::Events, 4095},
          Partition{Topic::Invoices, 0}, Partition{Topic::Deadletter, 0},
          Partition{Topic::Notifications, 0}}) {
        EXPECT_EQ(parse_partition(partition_name(partition)), partition);
    }
    for (const char* name : {"", "events", "events-", "events-x", "events-1x", "events--1",
                             "events-4096", "control-0", "Control"}) {
        EXPECT_EQ(parse_partition(name), std::nullopt) << name;
    }
}

TEST(ListenAddress, IsReadWithItsUsualForms) {
    EXPECT_EQ(server::parse_listen("--listen", "localhost:80")->text(), "127.0.0.1:80");
    EXPECT_EQ(server::parse_listen("--listen", ":80")->text(), "0.0.0.0:80");
    EXPECT_EQ(server::parse_listen("--listen", ":80")->reachable().text(), "127.0.0.1:80");
    EXPECT_EQ(server::parse_listen("--listen", "[::]:80")->text(), "[::]:80");
    EXPECT_EQ(server::parse_listen("--listen", "[::]:80")->reachable().text(), "[::1]:80");
    for (const char* text : {"", "80", "host:", "host:x", "host:70000", "host:-1"})
        EXPECT_FALSE(server::parse_listen("--listen", text)) << text;
}

TEST(ServerFile, IsFoundWhileItsServerLivesAndOnlyThen) {
    const projections::TemporaryFolder folder;
    const std::string data = folder.path("ledger");
    EXPECT_FALSE(server::find_server(data).value());
    {
        auto claimed = server::ServerFile::claim(data);
        ASSERT_TRUE(claimed);
        EXPECT_EQ(server::find_server(data).error().code, base::ErrorCode("server_starting"));
        EXPECT_EQ(server::ServerFile::claim(data).error().code, base::ErrorCode("ledger_in_use"));
        ASSERT_TRUE(claimed->announce({42, "127.0.0.1:8081"}));
        const auto found = server::find_server(data);
        ASSERT_TRUE(found && *found);
        EXPECT_EQ((*found)->pid, 42);
        EXPECT_EQ((*found)->admin, "127.0.0.1:8081");
    }
    EXPECT_FALSE(server::find_server(data).value());
    EXPECT_TRUE(server::ServerFile::claim(data));
}

TEST(LogUntil, EndsWhereItIsToldAndNoLater) {
    engine::ManualClock clock(base::Instant{});
    ledger::MemoryLog log(2, clock);
    const Partition bounded{Topic::Events, 1};
    const Partition free{Topic::Events, 0};
    for (int i = 0; i < 10; ++i) {
        std::vector<ledger::Append> batch;
        for (const Partition partition : {bounded, free})
            batch.push_back({partition, {"key", std::to_string(i), {}}, {}});
        log.append(std::move(batch));
    }
    LogUntil until(log, {{bounded, 4}});
    EXPECT_EQ(until.end(bounded).value(), 4);
    EXPECT_EQ(until.end(free).value(), 10);
    std::vector<ledger::StoredRecord> records;
    const auto reader = until.read(bounded, 1);
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader)->poll(2, records).value(), 2U);
    EXPECT_EQ((*reader)->poll(256, records).value(), 1U);
    EXPECT_EQ((*reader)->poll(256, records).value(), 0U);
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records.back().offset, 3);
    records.clear();
    EXPECT_EQ((*until.read(free, 0))->poll(256, records).value(), 10U);
}

class MeterStates : public testing::Test {
protected:
    static projections::WriteSet row(const std::string& key, const std::string& value) {
        projections::WriteSet set;
        set.rows.push_back({Table::Meter, key, value});
        set.position.next_offset = 5;
        return set;
    }
    static std::string key_of(const std::string& feature) {
        return projections::window_key(projections::account_prefix("default", "cus_1"),
                                       {1, feature, ""}, base::Instant{});
    }

    projections::MemoryStore live_;
    projections::MemoryStore replayed_;
};

TEST_F(MeterStates, ThatAreEqualHaveNoDifference) {
    ASSERT_TRUE(live_.write(row(key_of("calls"), "1")));
    ASSERT_TRUE(replayed_.write(row(key_of("calls"), "1")));
    EXPECT_EQ(find_difference(live_, replayed_).value(), std::nullopt);
}

TEST_F(MeterStates, DifferByTheFirstKeyInOrder) {
    ASSERT_TRUE(live_.write(row(key_of("calls"), "1")));
    ASSERT_TRUE(replayed_.write(row(key_of("seats"), "1")));
    EXPECT_EQ(find_difference(live_, replayed_).value(),
              "table meter, key default/cus_1 subscription 1 feature 'calls' entity '' window "
              "1970-01-01T00:00:00.000Z: only in the live state");
    EXPECT_EQ(find_difference(replayed_, live_).value(),
              "table meter, key default/cus_1 subscription 1 feature 'calls' entity '' window "
              "1970-01-01T00:00:00.000Z: only in the replayed state");
}

TEST_F(MeterStates, ManyRowsAreComparedToTheLast) {
    projections::WriteSet set;
    set.position.next_offset = 1;
    for (int i = 0; i < 2500; ++i)
        set.rows.push_back({Table::Account, "org/" + std::to_string(10'000 + i), "1"});
    ASSERT_TRUE(live_.write(set));
    set.rows.back().value = "2";
    ASSERT_TRUE(replayed_.write(set));
    EXPECT_EQ(find_difference(live_, replayed_).value(),
              "table account, key org/12499: another value");
}

TEST_F(MeterStates, DifferByASeenIdThatOnlyOneHas) {
    projections::WriteSet set;
    set.position.next_offset = 5;
    ASSERT_TRUE(live_.write(set));
    set.seen.push_back({base::Fingerprint{}, 3, base::Instant{}});
    ASSERT_TRUE(replayed_.write(set));
    EXPECT_EQ(find_difference(live_, replayed_).value(),
              "seen ids: the one of offset 3 is only in the replayed state");
}

}  // namespace
}  // namespace quipu::cli
