#include "ledger/log/embedded_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "ledger/log/child_process.h"
#include "ledger/log/log_contract_test.h"
#include "ledger/log/log_testing.h"

namespace quipu::ledger {
namespace {

constexpr Partition kPartition{Topic::Events, 0};

std::unique_ptr<EmbeddedLog> open(const EmbeddedLogOptions& options, Clock& clock) {
    auto log = EmbeddedLog::open(options, clock);
    if (!log)
        throw std::runtime_error(std::string(log.error().code.text()) + ": " + log.error().message);
    return std::move(*log);
}

EmbeddedLogOptions small(const TempFolder& folder, std::uint32_t partitions = kHarnessPartitions) {
    EmbeddedLogOptions options;
    options.directory = folder.path() / "log";
    options.event_partitions = partitions;
    options.tail_bytes = 16 << 10;  // readers soon fall behind what is in memory
    return options;
}

class EmbeddedHarness final : public LogHarness {
public:
    EmbeddedHarness() { log_ = open(small(folder_), clock_); }
    Log& log() override { return *log_; }
    bool reopen() override {
        log_.reset();
        clock_.set(1);  // a clock that starts too early must not show
        log_ = open(small(folder_), clock_);
        return true;
    }

private:
    TempFolder folder_;
    StepClock clock_;
    std::unique_ptr<EmbeddedLog> log_;
};

const LogMaker kEmbedded{"Embedded", [] { return std::make_unique<EmbeddedHarness>(); }};

INSTANTIATE_TEST_SUITE_P(Embedded, LogContract, testing::Values(kEmbedded));

TEST(EmbeddedLog, OpeningItTwiceIsRefused) {
    TempFolder folder;
    StepClock clock;
    const auto first = open(small(folder), clock);
    const auto second = EmbeddedLog::open(small(folder), clock);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::ErrorCode("log_locked")) << second.error().message;
}

TEST(EmbeddedLog, OpeningItInTwoProcessesIsRefused) {
    TempFolder folder;
    const std::string directory = (folder.path() / "log").string();
    ChildProcess owner({EMBEDDED_LOG_WRITER, directory, "2", "1"});
    std::string line;
    ASSERT_TRUE(owner.read_line(line));
    StepClock clock;
    const auto second = EmbeddedLog::open(small(folder, 2), clock);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::ErrorCode("log_locked")) << second.error().message;
}

TEST(EmbeddedLog, AnotherPartitionCountIsRefused) {
    TempFolder folder;
    StepClock clock;
    open(small(folder, 2), clock).reset();
    const auto other = EmbeddedLog::open(small(folder, 3), clock);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, base::ErrorCode("log_partitions_differ"));
    EXPECT_TRUE(EmbeddedLog::open(small(folder, 2), clock));
}

TEST(EmbeddedLog, AFullQueueAnswersOverloadedAndWritesNothingOfTheBatch) {
    TempFolder folder;
    StepClock clock;
    EmbeddedLogOptions options = small(folder);
    options.queue_records = 10;
    const auto log = open(options, clock);
    Answers answers;
    std::vector<Append> batch;
    for (int i = 0; i < 11; ++i) batch.push_back({kPartition, {"k", "v", {}}, answers.slot()});
    log->append(std::move(batch));
    for (const auto& answer : answers.wait()) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, base::ErrorCode("log_overloaded"));
    }
    EXPECT_EQ(log->end(kPartition), 0);
    EXPECT_EQ(append_one(*log, kPartition, "fits"), 0);
}

TEST(EmbeddedLog, TheQueueIsBoundedInBytesToo) {
    TempFolder folder;
    StepClock clock;
    EmbeddedLogOptions options = small(folder);
    options.queue_bytes = 1'000;
    const auto log = open(options, clock);
    Answers answers;
    std::vector<Append> batch;
    batch.push_back({kPartition, {"k", std::string(1'000, 'x'), {}}, answers.slot()});
    log->append(std::move(batch));
    EXPECT_EQ(answers.wait().front().error().code, base::ErrorCode("log_overloaded"));
}

TEST(EmbeddedLog, RecordsOfOneGroupShareOneStamp) {
    TempFolder folder;
    StepClock clock(5'000);
    const auto log = open(small(folder), clock);
    append_and_wait(*log, kPartition, {{"a", "1", {}}, {"b", "2", {}}, {"c", "3", {}}});
    for (const StoredRecord& record : WakingReader(*log, kPartition, 0).read(3)) {
        EXPECT_EQ(record.recorded_at.micros, 5'000);
    }
}

TEST(EmbeddedLog, LastRecordedAtIsThatOfTheNewestRecordInAnyPartition) {
    TempFolder folder;
    StepClock clock(7'000);
    {
        const auto log = open(small(folder), clock);
        EXPECT_EQ(log->last_recorded_at().micros, 0);
        append_one(*log, {Topic::Events, 2}, "a");
        append_one(*log, {Topic::Invoices, 0}, "b");
        EXPECT_EQ(log->last_recorded_at().micros, 7'001);
    }
    EXPECT_EQ(open(small(folder), clock)->last_recorded_at().micros, 7'001);
}

TEST(EmbeddedLog, AStoppedLogOpensForReading) {
    TempFolder folder;
    StepClock clock;
    {
        const auto log = open(small(folder), clock);
        append_one(*log, kPartition, "a");
        append_one(*log, kPartition, "b");
    }
    const auto log = EmbeddedLog::open_read_only(small(folder).directory);
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_EQ((*log)->partitions(Topic::Events), kHarnessPartitions);
    EXPECT_EQ((*log)->end(kPartition), 2);
    EXPECT_EQ(WakingReader(**log, kPartition, 0).read(2).back().value, "b");
    Answers answers;
    std::vector<Append> batch;
    batch.push_back({kPartition, {"k", "v", {}}, answers.slot()});
    (*log)->append(std::move(batch));
    EXPECT_EQ(answers.wait().front().error().code, base::ErrorCode("log_unavailable"));
}

TEST(EmbeddedLog, ARunningServersLogOpensForReading) {
    TempFolder folder;
    const std::filesystem::path directory = folder.path() / "log";
    ChildProcess server({EMBEDDED_LOG_WRITER, directory.string(), "2", "1"});
    for (int round = 0; round < 5; ++round) {
        std::string line;
        Offset acknowledged[2] = {-1, -1};
        for (int i = 0; i < 300; ++i) {
            ASSERT_TRUE(server.read_line(line));
            std::uint32_t partition = 0;
            Offset offset = 0;
            std::istringstream(line) >> partition >> offset;
            acknowledged[partition] = offset;
        }
        const auto log = EmbeddedLog::open_read_only(directory);
        ASSERT_TRUE(log) << log.error().message;
        for (std::uint32_t partition = 0; partition < 2; ++partition) {
            const auto read = WakingReader(**log, {Topic::Events, partition}, 0).read_available();
            EXPECT_GT(static_cast<Offset>(read.size()), acknowledged[partition]);
        }
    }
}

TEST(EmbeddedLog, ThereIsNothingToReadWhereNoLogIs) {
    TempFolder folder;
    const auto log = EmbeddedLog::open_read_only(folder.path() / "nothing");
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, base::ErrorCode("log_missing"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "nothing"));
}

using Acknowledged = std::map<std::pair<std::uint32_t, Offset>, std::string>;

void note_acknowledged(ChildProcess& writer, std::size_t until, Acknowledged& acknowledged) {
    std::string line;
    const auto note = [&] {
        std::istringstream words(line);
        std::pair<std::uint32_t, Offset> at;
        std::string value;
        words >> at.first >> at.second >> value;
        EXPECT_TRUE(acknowledged.emplace(at, value).second) << "acknowledged twice: " << line;
    };
    const std::size_t target = acknowledged.size() + until;
    while (acknowledged.size() < target && writer.read_line(line)) note();
    writer.kill();
    while (writer.read_line(line)) note();
    EXPECT_GE(acknowledged.size(), target);
}

TEST(EmbeddedLog, EveryAcknowledgedRecordSurvivesAKill) {
    TempFolder folder;
    const EmbeddedLogOptions options = small(folder, 3);
    Acknowledged acknowledged;
    for (std::size_t round = 0; round < 6; ++round) {
        ChildProcess writer({EMBEDDED_LOG_WRITER, options.directory.string(), "3", "3"});
        note_acknowledged(writer, 50 + 400 * round, acknowledged);

        StepClock clock;
        const auto log = open(options, clock);
        std::size_t found = 0;
        for (std::uint32_t partition = 0; partition < 3; ++partition) {
            Offset next = 0;
            for (const auto& record :
                 WakingReader(*log, {Topic::Events, partition}, 0).read_available()) {
                ASSERT_EQ(record.offset, next++);
                const auto at = acknowledged.find({partition, record.offset});
                if (at == acknowledged.end()) continue;  // written, but killed before its answer
                ASSERT_EQ(record.value, at->second);
                ++found;
            }
            EXPECT_EQ(log->end({Topic::Events, partition}), next);
        }
        ASSERT_EQ(found, acknowledged.size());
    }
}

std::filesystem::path newest_write_ahead_log(const std::filesystem::path& directory) {
    std::filesystem::path newest;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (entry.path().extension() != ".log" || entry.file_size() == 0) continue;
        if (newest.empty() || entry.path() > newest) newest = entry.path();
    }
    return newest;
}

// Ends with a kill, so that the newest records are in the write-ahead log only.
std::filesystem::path write_and_kill(const EmbeddedLogOptions& options) {
    ChildProcess writer({EMBEDDED_LOG_WRITER, options.directory.string(),
                         std::to_string(options.event_partitions), "1"});
    Acknowledged acknowledged;
    note_acknowledged(writer, 1'000, acknowledged);
    return newest_write_ahead_log(options.directory);
}

TEST(EmbeddedLog, AFlippedBitIsRefusedUntilTheOperatorAcceptsTheLoss) {
    TempFolder folder;
    EmbeddedLogOptions options = small(folder, 1);
    const auto path = write_and_kill(options);
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(path) / 2);
        file.seekg(middle);
        const int byte = file.get();
        file.seekp(middle);
        file.put(static_cast<char>(byte ^ 1));
    }
    StepClock clock;
    const auto refused = EmbeddedLog::open(options, clock);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode("log_damaged")) << refused.error().message;

    options.accept_damaged_tail = true;
    const auto log = open(options, clock);
    const auto kept = WakingReader(*log, kPartition, 0).read_available();
    EXPECT_GT(kept.size(), 0U);
    EXPECT_LT(kept.size(), 1'000U);
    EXPECT_EQ(append_one(*log, kPartition, "next"), static_cast<Offset>(kept.size()));
}

TEST(EmbeddedLog, ATornLastWriteLosesNothingBeforeIt) {
    TempFolder folder;
    const EmbeddedLogOptions options = small(folder, 1);
    const auto path = write_and_kill(options);
    StepClock clock;
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 5);
    const auto log = open(options, clock);
    const auto kept = WakingReader(*log, kPartition, 0).read_available();
    EXPECT_GT(kept.size(), 900U);
    EXPECT_EQ(append_one(*log, kPartition, "next"), static_cast<Offset>(kept.size()));
}

}  // namespace
}  // namespace quipu::ledger
