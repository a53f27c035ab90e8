#include "ledger/log/memory_log.h"

#include <gtest/gtest.h>

#include "ledger/log/log_contract_test.h"
#include "ledger/log/log_testing.h"

namespace quipu::ledger {
namespace {

class MemoryHarness final : public LogHarness {
public:
    Log& log() override { return log_; }
    bool reopen() override { return false; }

private:
    StepClock clock_;
    MemoryLog log_{kHarnessPartitions, clock_};
};

const LogMaker kMemory{"Memory", [] { return std::make_unique<MemoryHarness>(); }};

INSTANTIATE_TEST_SUITE_P(Memory, LogContract, testing::Values(kMemory));

constexpr Partition kPartition{Topic::Events, 0};

TEST(MemoryLog, AnInjectedFailureAnswersTheNextAppendOnly) {
    StepClock clock;
    MemoryLog log(1, clock);
    log.fail_next_append({"log_unavailable", "injected"});
    Answers answers;
    std::vector<Append> batch;
    batch.push_back({kPartition, {"k", "lost", {}}, answers.slot()});
    batch.push_back({kPartition, {"k", "lost too", {}}, answers.slot()});
    log.append(std::move(batch));
    for (const auto& answer : answers.wait()) {
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, base::ErrorCode("log_unavailable"));
    }
    EXPECT_EQ(log.end(kPartition), 0);
    EXPECT_EQ(append_one(log, kPartition, "kept"), 0);
}

TEST(MemoryLog, AnUnknownOutcomeMayHaveBeenWritten) {
    StepClock clock;
    MemoryLog log(1, clock);
    log.fail_next_append({"outcome_unknown", "injected"}, MemoryLog::Written::Yes);
    Answers answers;
    std::vector<Append> batch;
    batch.push_back({kPartition, {"k", "written", {}}, answers.slot()});
    log.append(std::move(batch));
    EXPECT_EQ(answers.wait().front().error().code, base::ErrorCode("outcome_unknown"));
    EXPECT_EQ(WakingReader(log, kPartition, 0).read(1).front().value, "written");
}

}  // namespace
}  // namespace quipu::ledger
