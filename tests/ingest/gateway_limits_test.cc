// What could not be read back never reaches the log: its caller hears why, and nothing else
// happens.
#include <gtest/gtest.h>

#include <utility>

#include "ingest/gateway.h"

namespace quipu::ingest {
namespace {

class CountingLog : public ledger::Log {
public:
    [[nodiscard]] std::uint32_t partitions(ledger::Topic) const override { return 1; }
    void append(std::vector<ledger::Append> batch) override { appended += batch.size(); }
    [[nodiscard]] base::Result<std::unique_ptr<ledger::LogReader>> read(ledger::Partition,
                                                                        ledger::Offset) override {
        return base::fail("log_unavailable", "This log is not read.");
    }
    [[nodiscard]] base::Result<ledger::Offset> end(ledger::Partition) override { return 0; }

    std::size_t appended = 0;
};

class Turns : public base::Executor {
public:
    void post(std::function<void()> task) override { tasks.push_back(std::move(task)); }
    void run() {
        for (const auto& task : std::exchange(tasks, {})) task();
    }

    std::vector<std::function<void()>> tasks;
};

struct Fixture {
    CountingLog log;
    Turns turns;
    Gateway gateway{log, turns, 1, [] {}};
};

ledger::CommandRecord record_with(base::Quantity value) {
    return {.id = "e1", .command = ledger::Track{.feature = "f", .value = value}};
}

// Found when a quantity beyond 64 bits stopped the process in the codec.
TEST(Gateway, AQuantityThatFitsNoRecordIsRefusedBeforeTheLog) {
    Fixture given;
    std::string code;
    const base::Quantity huge = *base::Quantity::parse("1e28");
    given.gateway.submit({}, "acme", record_with(huge), [&](const base::Result<Reply>& reply) {
        code = reply.error().code.text();
    });
    EXPECT_EQ(code, "");  // never answered inside the call
    given.turns.run();
    given.gateway.flush();
    EXPECT_EQ(code, "value_out_of_range");
    EXPECT_EQ(given.gateway.waiting(), 0U);

    std::string logged_code;
    given.gateway.submit_logged({}, "acme", record_with(huge),
                                [&](const base::Result<ledger::Offset>& offset) {
                                    logged_code = offset.error().code.text();
                                });
    given.turns.run();
    given.gateway.flush();
    EXPECT_EQ(logged_code, "value_out_of_range");
    EXPECT_EQ(given.log.appended, 0U);
}

TEST(Gateway, ARecordWithinTheLimitsGoesToTheLog) {
    Fixture given;
    given.gateway.submit({}, "acme", record_with(base::kMaxQuantity),
                         [](const base::Result<Reply>&) {});
    given.gateway.flush();
    EXPECT_EQ(given.log.appended, 1U);
    EXPECT_EQ(given.gateway.waiting(), 1U);
    given.gateway.abandon();
}

}  // namespace
}  // namespace quipu::ingest
