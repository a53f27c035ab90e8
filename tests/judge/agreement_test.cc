// The ledger is held against the judge on seeded streams.
//
// To repeat one: QUIPU_JUDGE_SEED=17 QUIPU_JUDGE_TOPICS=late,switch. For a long run:
// QUIPU_JUDGE_SEEDS=10000 (docs/judge.md).
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "judge/compare.h"

namespace quipu::judge {
namespace {

// What the ledger agrees on today, together. A topic is added when what it finds is mended; in the
// end there is one row that has all of them.
constexpr std::array kAgreed{
    Topics{Topic::Publish, Topic::Credits, Topic::Entities, Topic::Seats, Topic::Currencies,
           Topic::Caps, Topic::Resets},
    Topics{Topic::Credits, Topic::Entities, Topic::Seats, Topic::Currencies, Topic::Addons,
           Topic::Caps, Topic::Resets},
    Topics{Topic::Publish, Topic::Voids, Topic::Seats, Topic::Entities, Topic::Resets},
    Topics{Topic::Addons, Topic::Voids, Topic::Fractions},
    Topics{Topic::Late, Topic::Credits, Topic::Seats, Topic::Entities, Topic::Resets},
    Topics{Topic::Late, Topic::Voids, Topic::Seats},
    Topics{Topic::Rollover, Topic::Credits, Topic::Seats, Topic::Resets, Topic::Currencies},
    Topics{Topic::Rollover, Topic::Voids},
    Topics{Topic::Small, Topic::Publish, Topic::Voids},
    Topics{Topic::Trials, Topic::Credits, Topic::Seats, Topic::Entities, Topic::Resets},
    Topics{Topic::Costs, Topic::Credits},
    Topics{Topic::Late, Topic::Before},
    Topics{Topic::Late, Topic::Caps},
    Topics{Topic::Caps, Topic::Voids, Topic::Resets}};
constexpr std::uint64_t kSeeds = 200;

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

struct Asked {
    std::uint64_t first = 1;
    std::uint64_t last = kSeeds;
    int reports = 3;  // a few are enough to see what is wrong
    std::vector<Topics> topics{kAgreed.begin(), kAgreed.end()};
};

Asked what_is_asked() {
    Asked asked;
    const std::string seeds = environment("QUIPU_JUDGE_SEEDS");
    if (!seeds.empty()) asked.last = std::stoull(seeds);
    const std::string reports = environment("QUIPU_JUDGE_REPORTS");
    if (!reports.empty()) asked.reports = std::stoi(reports);
    const std::string seed = environment("QUIPU_JUDGE_SEED");
    if (!seed.empty()) asked.first = asked.last = std::stoull(seed);
    if (std::getenv("QUIPU_JUDGE_TOPICS") != nullptr) {
        const auto topics = Topics::parse(environment("QUIPU_JUDGE_TOPICS"));
        EXPECT_TRUE(topics) << "QUIPU_JUDGE_TOPICS names a topic that there is not";
        asked.topics = {topics.value_or(Topics{})};
    }
    return asked;
}

TEST(Judge, TheLedgerAgreesWithTheJudgeOnEveryAnswerAndInvoice) {
    const Asked asked = what_is_asked();
    int reports = 0;
    for (const Topics topics : asked.topics) {
        for (std::uint64_t seed = asked.first; seed <= asked.last; ++seed) {
            if (reports == asked.reports) return;
            if (!first_difference(make_stream(seed, topics))) continue;
            ++reports;
            ADD_FAILURE() << report(seed, topics);
        }
    }
}

}  // namespace
}  // namespace quipu::judge
