// Same log, same bytes: digest, replay and verify of a ledger that was served.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/program.h"
#include "projections/store/rocksdb_store.h"
#include "support/temporary_folder.h"

namespace quipu::cli {
namespace {

using projections::Row;
using projections::StateStore;
using projections::Table;

class Verify : public testing::Test {
protected:
    [[nodiscard]] std::string data() const { return folder_.path("ledger"); }

    // A stopped server's ledger with the demo in it.
    void make_ledger() const {
        ServerProcess server(data());
        run_demo(server);
        EXPECT_EQ(server.stop(), 0);
    }
    static void run_demo(const ServerProcess& server) {
        const Outcome demo =
            run_program({"demo", "--url", server.url(), "--key", ServerProcess::kRootKey});
        ASSERT_EQ(demo.exit_code, 0) << demo.err;
    }
    [[nodiscard]] std::string digest() const {
        const Outcome outcome = run_program({"digest", "--data", data()});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return outcome.out;
    }
    [[nodiscard]] std::string replay(const std::string& into) const {
        const Outcome outcome =
            run_program({"replay", "--from-data", data(), "--into", folder_.path(into)});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        return outcome.out;
    }
    [[nodiscard]] Outcome verify() const { return run_program({"verify", "--data", data()}); }

    // Flips the lowest bit of the last byte of the first row of a table, in the first partition
    // that has one; says in which.
    [[nodiscard]] std::string change_a_byte(Table table) const {
        const projections::RocksdbMemory memory;
        for (int index = 0; index < 4; ++index) {
            const std::string name = "events-" + std::to_string(index);
            auto store = projections::open_rocksdb_store(data() + "/state/" + name, memory);
            if (!store) continue;
            std::optional<Row> row;
            EXPECT_TRUE((*store)->scan(table, {}, [&](auto key, auto value) {
                row = Row{table, std::string(key), std::string(value)};
                return false;
            }));
            if (!row || row->value->empty()) continue;
            row->value->back() ^= 1;
            const auto position = (*store)->position();
            EXPECT_TRUE((*store)->write({{*row}, {}, **position}));
            return name;
        }
        return "nowhere";
    }

    projections::TemporaryFolder folder_;
};

TEST_F(Verify, TheDigestIsTheSameLiveStoppedReplayedAndReplayedAgain) {
    std::string live;
    {
        ServerProcess server(data());
        run_demo(server);
        live = digest();
        EXPECT_EQ(replay("beside"), live);  // beside the running server
        EXPECT_EQ(server.stop(), 0);
    }
    EXPECT_EQ(std::count(live.begin(), live.end(), '\n'), 5) << live;
    EXPECT_TRUE(live.starts_with("control\t")) << live;
    EXPECT_EQ(digest(), live);
    EXPECT_EQ(replay("once"), live);
    EXPECT_EQ(replay("twice"), live);
}

// The server hands the effects of a rebuilt state over again, which are records that change
// nothing: the log is longer then, so the digests of before and after are not the same.
TEST_F(Verify, AServerThatLostItsStateRebuildsItFromTheLog) {
    make_ledger();
    std::filesystem::remove_all(data() + "/state");
    ServerProcess rebuilt(data());
    const Outcome outcome = verify();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(rebuilt.messages().find("caught up: "), std::string::npos) << rebuilt.messages();
}

TEST_F(Verify, ARunningServersStateIsWhatItsLogSays) {
    ServerProcess server(data());
    run_demo(server);
    const Outcome outcome = verify();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 5) << outcome.out;
}

TEST_F(Verify, AKilledServersStateIsWhatItsLogSaid) {
    {
        ServerProcess server(data());
        run_demo(server);
        server.kill();
    }
    const Outcome outcome = verify();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

TEST_F(Verify, LeavesNothingBehind) {
    make_ledger();
    EXPECT_EQ(verify().exit_code, 0);
    for (const auto& entry : std::filesystem::directory_iterator(data())) {
        const std::string name = entry.path().filename();
        EXPECT_TRUE(name == "log" || name == "state" || name == "sandbox" || name == "webhooks")
            << name;
    }
}

TEST_F(Verify, AChangedByteIsNamedByTableAndKey) {
    make_ledger();
    const std::string before = digest();
    const std::string partition = change_a_byte(Table::Meter);
    EXPECT_NE(digest(), before);
    const Outcome outcome = verify();
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.err.find("Partition " + partition), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("table meter, key default/cus_"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("another value"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("(state_differs)"), std::string::npos) << outcome.err;
}

TEST_F(Verify, AChangedLedgerEntryIsNamedByItsOffset) {
    make_ledger();
    static_cast<void>(change_a_byte(Table::Entry));
    const Outcome outcome = verify();
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.err.find("table entry, key offset "), std::string::npos) << outcome.err;
}

TEST_F(Verify, AReplayIntoAFolderThatHoldsAStateIsRefused) {
    make_ledger();
    static_cast<void>(replay("again"));
    const Outcome outcome =
        run_program({"replay", "--from-data", data(), "--into", folder_.path("again")});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.err.find("(state_exists)"), std::string::npos) << outcome.err;
}

TEST_F(Verify, AFolderWithoutALogIsRefused) {
    const Outcome outcome =
        run_program({"replay", "--from-data", data(), "--into", folder_.path("new")});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.err.find("(log_missing)"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace quipu::cli
