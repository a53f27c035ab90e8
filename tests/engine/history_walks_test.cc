// Long readings of the ledger share one slice per turn of the loop, and other requests go between.
#include "engine/history_walks.h"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>

#include "api/api_fixture.h"

namespace quipu::engine::testing {
namespace {

// A loop whose turns are taken one by one.
class Turns final : public base::Executor {
public:
    void post(std::function<void()> task) override { tasks_.push_back(std::move(task)); }
    bool take() {
        if (tasks_.empty()) return false;
        const auto task = std::move(tasks_.front());
        tasks_.pop_front();
        task();
        return true;
    }
    [[nodiscard]] std::size_t waiting() const { return tasks_.size(); }

private:
    std::deque<std::function<void()>> tasks_;
};

// Longer than a slice.
void be_busy() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
    while (std::chrono::steady_clock::now() < end) {
    }
}

TEST(HistoryWalks, AShortOneIsOverBeforeTheCallReturns) {
    Turns turns;
    HistoryWalks walks(turns);
    int steps = 0;
    ASSERT_TRUE(walks.start([&] { return ++steps < 5; }));
    EXPECT_EQ(steps, 5);
    EXPECT_EQ(walks.under_way(), 0u);
    EXPECT_EQ(turns.waiting(), 0u);
}

TEST(HistoryWalks, LongOnesTakeTurnsAndOneSliceIsPosted) {
    Turns turns;
    HistoryWalks walks(turns);
    std::string order;
    const auto walk = [&](char name, int steps) {
        return [&order, name, left = steps]() mutable {
            be_busy();
            order.push_back(name);
            return --left > 0;
        };
    };
    ASSERT_TRUE(walks.start(walk('a', 3)));
    ASSERT_TRUE(walks.start(walk('b', 2)));
    EXPECT_EQ(order, "a");  // the second waits: its turn comes
    EXPECT_EQ(walks.under_way(), 2u);
    std::size_t taken = 0;
    while (turns.waiting() > 0) {
        EXPECT_EQ(turns.waiting(), 1u);
        turns.take();
        ++taken;
    }
    EXPECT_EQ(order, "aabab");
    EXPECT_EQ(taken, 4u);
    EXPECT_EQ(walks.under_way(), 0u);
}

TEST(HistoryWalks, TooManyAreRefusedAndLaterTakenAgain) {
    Turns turns;
    HistoryWalks walks(turns);
    bool more = true;
    for (int i = 0; i < 64; ++i) {
        ASSERT_TRUE(walks.start([&] {
            be_busy();
            return more;
        }));
    }
    bool called = false;
    const auto refused = [&] {
        called = true;
        return false;
    };
    EXPECT_FALSE(walks.start(refused));
    EXPECT_FALSE(called);
    more = false;
    while (turns.take()) {
    }
    EXPECT_EQ(walks.under_way(), 0u);
    EXPECT_TRUE(walks.start(refused));
    EXPECT_TRUE(called);
}

TEST(HistoryWalks, WhatIsPostedOutlivesNothing) {
    Turns turns;
    {
        HistoryWalks walks(turns);
        ASSERT_TRUE(walks.start([] {
            be_busy();
            return true;
        }));
    }
    EXPECT_TRUE(turns.take());  // and does nothing
}

// Both requests are on the connection before the first is answered; the second is handled between
// the slices of the first, which began before it.
TEST(HistoryWalks, WhatComesMeanwhileIsNotSeen) {
    api::testing::ApiServer server(api::testing::ApiServer::Clock::Manual, 1);
    ASSERT_EQ(
        server.post("/v1/sync", api::testing::catalog_of("pro", "calls", {{"limit", nullptr}}))
            .status,
        200);
    ASSERT_EQ(
        server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}}).status,
        200);
    api::testing::Json batch = api::testing::Json::array();
    for (int i = 0; i < 1000; ++i)
        batch.push_back({{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", 1}});
    constexpr int kBatches = 20;
    for (int i = 0; i < kBatches; ++i) ASSERT_EQ(server.post("/v1/track/batch", batch).status, 200);
    const auto [series, tracked] = server.get_then_post(
        "/v1/customers/ann@example.com/usage?feature=calls", "/v1/track", batch[0]);
    ASSERT_EQ(series.status, 200) << series.text;
    ASSERT_EQ(tracked.status, 200) << tracked.text;
    EXPECT_EQ(series["total"]["usage"], kBatches * 1000);
    EXPECT_EQ(tracked["usage"], kBatches * 1000 + 1);
}

}  // namespace
}  // namespace quipu::engine::testing
