#include "http/asio_loop.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace quipu::http {
namespace {

using std::chrono::milliseconds;

TEST(EngineLoop, PostedWorkOfOneThreadRunsInOrder) {
    EngineLoop loop;
    std::vector<int> seen;
    std::thread poster([&] {
        for (int i = 0; i < 10'000; ++i) loop.post([&seen, i] { seen.push_back(i); });
        loop.post([&] { loop.stop(); });
    });
    loop.run();
    poster.join();
    ASSERT_EQ(seen.size(), 10'000u);
    for (int i = 0; i < 10'000; ++i) ASSERT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST(EngineLoop, WorkPostedByPostedWorkRunsLater) {
    EngineLoop loop;
    std::string seen;
    loop.post([&] {
        loop.post([&] {
            seen += 'c';
            loop.stop();
        });
        seen += 'a';
    });
    loop.post([&] { seen += 'b'; });
    loop.run();
    EXPECT_EQ(seen, "abc");
}

TEST(EngineLoop, TheEndOfATurnComesAfterAllThatWasReady) {
    EngineLoop loop;
    std::string seen;
    loop.post([&] {
        loop.at_end_of_turn([&] { seen += "1"; });
        loop.at_end_of_turn([&] {
            seen += "2";
            loop.at_end_of_turn([&] {
                seen += "3";
                loop.stop();
            });
        });
        seen += "a";
    });
    loop.post([&] { seen += "b"; });
    loop.run();
    EXPECT_EQ(seen, "ab123");
}

TEST(EngineLoop, TimersFireInTheOrderOfTheirTimesAndCancelledOnesDoNot) {
    EngineLoop loop;
    std::string seen;
    const auto start = std::chrono::steady_clock::now();
    loop.run_after(milliseconds(30), [&] {
        seen += "c";
        loop.stop();
    });
    loop.run_at(start + milliseconds(10), [&] { seen += "a"; });
    const auto cancelled = loop.run_after(milliseconds(15), [&] { seen += "x"; });
    loop.run_after(milliseconds(20), [&] { seen += "b"; });
    loop.cancel(cancelled);
    loop.cancel(cancelled);
    loop.run();
    EXPECT_EQ(seen, "abc");
    EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(30));
}

TEST(EngineLoop, ATimerCancelledInTheTurnItIsDueDoesNotFire) {
    EngineLoop loop;
    std::string seen;
    const auto due = std::chrono::steady_clock::now() - milliseconds(1);
    EngineLoop::TimerId second = 0;
    loop.run_at(due - milliseconds(1), [&] {
        loop.cancel(second);
        seen += "a";
        loop.run_after(milliseconds(5), [&] { loop.stop(); });
    });
    second = loop.run_at(due, [&] { seen += "x"; });
    loop.run();
    EXPECT_EQ(seen, "a");
}

TEST(EngineLoop, SignalsReachTheLoopAgainAndAgain) {
    EngineLoop loop;
    std::vector<int> seen;
    loop.on_signal([&](int number) {
        seen.push_back(number);
        if (seen.size() == 2) return loop.stop();
        std::raise(SIGTERM);
    });
    std::raise(SIGINT);
    loop.run();
    EXPECT_EQ(seen, (std::vector<int>{SIGINT, SIGTERM}));
}

TEST(EngineLoop, WorkThatNeverRanIsDestroyed) {
    const auto token = std::make_shared<int>(0);
    {
        EngineLoop loop;
        loop.post([token] {});
        loop.at_end_of_turn([token] {});
        loop.run_after(milliseconds(1), [token] {});
        EXPECT_GT(token.use_count(), 1);
    }
    EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace quipu::http
