// The contract of the log port; every adapter's test file runs it on that adapter.
#include "ledger/log/log_contract_test.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "ledger/log/log_testing.h"

namespace quipu::ledger {
namespace {

constexpr Partition kFirst{Topic::Events, 0};
constexpr Partition kSecond{Topic::Events, 1};

std::vector<NewRecord> numbered(std::size_t count, const std::string& prefix = "v") {
    std::vector<NewRecord> records;
    for (std::size_t i = 0; i < count; ++i) {
        records.push_back({"k" + std::to_string(i), prefix + std::to_string(i), {}});
    }
    return records;
}

std::vector<std::string> values_of(const std::vector<StoredRecord>& records) {
    std::vector<std::string> values;
    for (const StoredRecord& record : records) values.push_back(record.value);
    return values;
}

std::vector<std::string> values_of(const std::vector<NewRecord>& records) {
    std::vector<std::string> values;
    for (const NewRecord& record : records) values.push_back(record.value);
    return values;
}

}  // namespace

void LogContract::SetUp() {
    auto made = GetParam().make();
    if (!made && kafka_is_required()) FAIL() << made.error().message;
    if (!made) GTEST_SKIP() << made.error().message;
    harness_ = std::move(*made);
}

TEST_P(LogContract, RecordsComeBackInTheOrderOfTheirAppends) {
    const auto records = numbered(500);
    const auto offsets = append_and_wait(log(), kFirst, records);
    EXPECT_TRUE(std::is_sorted(offsets.begin(), offsets.end()));

    const auto read = WakingReader(log(), kFirst, 0).read(500);
    ASSERT_EQ(read.size(), 500U);
    EXPECT_EQ(values_of(read), values_of(records));
    for (std::size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i].offset, offsets[i]);
}

TEST_P(LogContract, TheFirstOffsetIsZeroAndEndIsOnePastTheLast) {
    EXPECT_EQ(log().end(kFirst), 0);
    EXPECT_EQ(append_one(log(), kFirst, "a"), 0);
    EXPECT_EQ(append_one(log(), kFirst, "b"), 1);
    EXPECT_EQ(log().end(kFirst), 2);
    EXPECT_EQ(log().end(kSecond), 0);
}

TEST_P(LogContract, KeysValuesAndHeadersKeepTheirBytes) {
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte) every_byte.push_back(static_cast<char>(byte));
    const NewRecord record{every_byte,
                           every_byte + every_byte,
                           {{"content-type", "application/x-protobuf"},
                            {"binary", every_byte},
                            {"empty", ""},
                            {"binary", "the same name twice"}}};
    append_and_wait(log(), kFirst, {record, {"", "", {}}});

    const auto read = WakingReader(log(), kFirst, 0).read(2);
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read[0].key, record.key);
    EXPECT_EQ(read[0].value, record.value);
    EXPECT_EQ(read[0].headers, record.headers);
    EXPECT_EQ(read[1].key, "");
    EXPECT_EQ(read[1].value, "");
    EXPECT_TRUE(read[1].headers.empty());
}

TEST_P(LogContract, PartitionsAndTopicsAreApart) {
    const std::vector<Partition> partitions{
        {Topic::Events, 0},        {Topic::Events, 1},   {Topic::Events, 2},
        {Topic::Control, 0},       {Topic::Invoices, 0}, {Topic::Deadletter, 0},
        {Topic::Notifications, 0},
    };
    EXPECT_EQ(log().partitions(Topic::Events), kHarnessPartitions);
    EXPECT_EQ(log().partitions(Topic::Control), 1U);
    EXPECT_EQ(log().partitions(Topic::Invoices), 1U);
    EXPECT_EQ(log().partitions(Topic::Deadletter), 1U);
    EXPECT_EQ(log().partitions(Topic::Notifications), 1U);
    Answers answers;
    std::vector<Append> batch;  // one batch over all of them
    for (int round = 0; round < 3; ++round) {
        for (std::size_t p = 0; p < partitions.size(); ++p) {
            const std::string value = std::to_string(p) + "/" + std::to_string(round);
            batch.push_back({partitions[p], {"k", value, {}}, answers.slot()});
        }
    }
    log().append(std::move(batch));
    for (const auto& answer : answers.wait()) ASSERT_TRUE(answer) << answer.error().message;
    for (std::size_t p = 0; p < partitions.size(); ++p) {
        const std::string prefix = std::to_string(p) + "/";
        EXPECT_EQ(values_of(WakingReader(log(), partitions[p], 0).read(3)),
                  (std::vector<std::string>{prefix + "0", prefix + "1", prefix + "2"}));
        EXPECT_EQ(log().end(partitions[p]), 3);
    }
}

TEST_P(LogContract, ConcurrentAppendersLoseNothingAndKeepTheirOwnOrder) {
    constexpr int kThreads = 4;
    constexpr int kPerThread = 1'000;
    std::vector<std::unique_ptr<Answers>> answers;
    for (int t = 0; t < kThreads; ++t) answers.push_back(std::make_unique<Answers>());
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < kPerThread; ++i) {
                std::vector<Append> batch;
                batch.push_back({kFirst,
                                 {std::to_string(t), std::to_string(i), {}},
                                 answers[static_cast<std::size_t>(t)]->slot()});
                log().append(std::move(batch));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::set<Offset> offsets;
    for (const auto& of_thread : answers) {
        for (const auto& answer : of_thread->wait()) {
            ASSERT_TRUE(answer) << answer.error().message;
            EXPECT_TRUE(offsets.insert(*answer).second) << "an offset was given twice";
        }
    }
    std::map<std::string, int> next;
    for (const StoredRecord& record : WakingReader(log(), kFirst, 0).read(kThreads * kPerThread)) {
        EXPECT_EQ(record.value, std::to_string(next[record.key]++));
    }
    EXPECT_EQ(next.size(), std::size_t{kThreads});
}

TEST_P(LogContract, AnIdleReaderIsWokenByAnAppend) {
    WakingReader reader(log(), kFirst, 0);
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(reader.read_available().empty());
        std::thread appender([&] { append_one(log(), kFirst, std::to_string(i)); });
        const auto read = reader.read(1);  // sleeps until woken
        appender.join();
        ASSERT_EQ(read.size(), 1U);
        EXPECT_EQ(read.front().value, std::to_string(i));
    }
}

TEST_P(LogContract, AReaderStartsInTheMiddle) {
    const auto offsets = append_and_wait(log(), kFirst, numbered(100));
    const auto read = WakingReader(log(), kFirst, offsets[40]).read(60);
    ASSERT_EQ(read.size(), 60U);
    EXPECT_EQ(read.front().value, "v40");
    EXPECT_EQ(read.back().value, "v99");
}

TEST_P(LogContract, AReaderAtTheEndSeesOnlyWhatComesLater) {
    append_and_wait(log(), kFirst, numbered(10));
    WakingReader reader(log(), kFirst, 10);
    EXPECT_TRUE(reader.read_available().empty());
    append_one(log(), kFirst, "later");
    EXPECT_EQ(values_of(reader.read(1)), std::vector<std::string>{"later"});
}

TEST_P(LogContract, ReadingPastTheEndSaysThatTheLogWasTruncated) {
    append_and_wait(log(), kFirst, numbered(3));
    const auto reader = log().read(kFirst, 4);
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().code, base::ErrorCode("log_truncated"));
}

TEST_P(LogContract, PollMovesNoMoreThanItsLimitAndKeepsWhatIsInOut) {
    append_and_wait(log(), kFirst, numbered(10));
    WakingReader reader(log(), kFirst, 0);
    std::vector<StoredRecord> out = reader.read(4);
    for (const StoredRecord& record : reader.read(6)) out.push_back(record);
    EXPECT_EQ(values_of(out), values_of(numbered(10)));
    EXPECT_EQ(reader.reader().poll(0, out), 0U);
    EXPECT_EQ(out.size(), 10U);
}

TEST_P(LogContract, AReaderFollowsFromTheStartWhileOthersAppend) {
    constexpr int kRecords = 3'000;  // far more bytes than the harness keeps in memory
    const std::string padding(100, 'x');
    append_and_wait(log(), kFirst, numbered(1'000, padding));
    std::thread appender([&] {
        for (int i = 1'000; i < kRecords; i += 20) {
            std::vector<NewRecord> batch;
            for (int j = i; j < i + 20; ++j)
                batch.push_back({"k", padding + std::to_string(j), {}});
            append_and_wait(log(), kFirst, std::move(batch));
        }
    });
    const auto early = WakingReader(log(), kFirst, 0).read(kRecords);
    appender.join();
    const auto late = WakingReader(log(), kFirst, 0).read(kRecords);
    EXPECT_EQ(values_of(early), values_of(numbered(kRecords, padding)));
    EXPECT_EQ(values_of(late), values_of(early));
}

TEST_P(LogContract, SeveralReadersOfOnePartitionAreIndependent) {
    WakingReader first(log(), kFirst, 0);
    append_and_wait(log(), kFirst, numbered(10));
    WakingReader second(log(), kFirst, 5);
    EXPECT_EQ(first.read(10).size(), 10U);
    const auto read = second.read(5);
    ASSERT_EQ(read.size(), 5U);
    EXPECT_EQ(read.front().value, "v5");
}

TEST_P(LogContract, AReaderMayGoWhileRecordsArrive) {
    std::thread appender([&] {
        for (int i = 0; i < 50; ++i) append_one(log(), kFirst, std::to_string(i));
    });
    for (int i = 0; i < 50; ++i) {
        WakingReader reader(log(), kFirst, 0);
        static_cast<void>(reader.read_available());
    }
    appender.join();
    EXPECT_EQ(WakingReader(log(), kFirst, 0).read(50).size(), 50U);
}

TEST_P(LogContract, OpeningAgainKeepsEverything) {
    append_and_wait(log(), kFirst, numbered(200));
    append_one(log(), {Topic::Control, 0}, "organisation");
    if (!harness_->reopen()) GTEST_SKIP() << "nothing survives this log";
    EXPECT_EQ(log().end(kFirst), 200);
    EXPECT_EQ(append_one(log(), kFirst, "after"), 200);
    const auto read = WakingReader(log(), kFirst, 0).read(201);
    ASSERT_EQ(read.size(), 201U);
    EXPECT_EQ(read[199].value, "v199");
    EXPECT_EQ(read[200].value, "after");
    EXPECT_EQ(WakingReader(log(), {Topic::Control, 0}, 0).read(1).front().value, "organisation");
}

TEST_P(LogContract, RecordedAtNeverFalls) {
    for (int i = 0; i < 20; ++i) append_and_wait(log(), kFirst, numbered(5));
    static_cast<void>(harness_->reopen());
    const bool kept = log().end(kFirst) == 100;
    for (int i = 0; i < 20; ++i) append_and_wait(log(), kFirst, numbered(5));
    const auto read = WakingReader(log(), kFirst, 0).read(kept ? 200 : 100);
    EXPECT_GT(read.front().recorded_at.micros, 0);
    EXPECT_TRUE(std::is_sorted(read.begin(), read.end(), [](const auto& a, const auto& b) {
        return a.recorded_at < b.recorded_at;
    }));
}

TEST_P(LogContract, RecordsOfOneMebibyteFit) {
    std::vector<NewRecord> records;
    for (int i = 0; i < 5; ++i) {
        records.push_back({"k", std::string(std::size_t{1} << 20, static_cast<char>('a' + i)), {}});
    }
    append_and_wait(log(), kFirst, records);
    EXPECT_EQ(values_of(WakingReader(log(), kFirst, 0).read(5)), values_of(records));
}

TEST_P(LogContract, EveryAppendIsAnsweredExactlyOnce) {
    Answers answers;
    std::vector<Append> batch;
    for (int i = 0; i < 200; ++i) {
        batch.push_back({kFirst, {"k", "v", {}}, i % 2 == 0 ? answers.slot() : Appended{}});
    }
    log().append(std::move(batch));
    EXPECT_EQ(answers.wait().size(), 100U);
    EXPECT_EQ(WakingReader(log(), kFirst, 0).read(200).size(), 200U);  // also those unanswered
    static_cast<void>(harness_->reopen());  // nothing can answer later than this
    for (std::size_t slot = 0; slot < 100; ++slot) EXPECT_EQ(answers.calls(slot), 1U);
}

TEST_P(LogContract, ClosingFirstAnswersWhatWaits) {
    Answers answers;
    std::vector<Append> batch;
    for (int i = 0; i < 1'000; ++i) batch.push_back({kFirst, {"k", "v", {}}, answers.slot()});
    log().append(std::move(batch));
    if (!harness_->reopen()) GTEST_SKIP() << "this log answers at once";
    for (std::size_t slot = 0; slot < 1'000; ++slot) ASSERT_EQ(answers.calls(slot), 1U);
    std::size_t written = 0;
    for (const auto& answer : answers.wait()) {
        if (answer) ++written;
    }
    EXPECT_EQ(log().end(kFirst), static_cast<Offset>(written));
}

TEST_P(LogContract, AnEmptyBatchIsNothing) {
    log().append({});
    EXPECT_EQ(append_one(log(), kFirst, "a"), 0);
}

}  // namespace quipu::ledger
