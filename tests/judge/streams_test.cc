// What the streams are made of: an agreement on streams that reach nothing would say nothing.
#include "judge/streams.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "judge/story.h"

namespace quipu::judge {
namespace {

TEST(Streams, TopicsAreReadAsTheyAreWritten) {
    const Topics topics{Topic::Late, Topic::LongPlans, Topic::Small};
    EXPECT_EQ(topics.names(), "late,long_plans,small");
    EXPECT_EQ(Topics::parse(topics.names()), topics);
    EXPECT_EQ(Topics::parse(""), Topics{});
    EXPECT_TRUE(Topics::parse("all")->has(Topic::Volume));
    EXPECT_FALSE(Topics::parse("late,lunch"));
}

TEST(Streams, TheSameSeedMakesTheSameStream) {
    const Topics all = *Topics::parse("all");
    const Stream once = make_stream(7, all);
    const Stream again = make_stream(7, all);
    EXPECT_EQ(once.catalog, again.catalog);
    EXPECT_EQ(text(once.facts), text(again.facts));
    EXPECT_NE(text(once.facts), text(make_stream(8, all).facts));
}

// How often the judge gave each answer to each kind of command.
std::map<std::string, int> heard(Topics topics, std::uint64_t seeds) {
    std::map<std::string, int> answers;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const Stream stream = make_stream(seed, topics);
        Judge judge(stream.catalog, stream.start);
        for (const Fact& fact : stream.facts) {
            judge.record(fact);
            const Answer answer = judge.tell(fact.recorded).last;
            ++answers[std::string(ledger::kind_of(fact.record.command).name) + ' ' +
                      std::string(ledger::name_of(answer.code))];
        }
    }
    return answers;
}

TEST(Streams, TheyReachWhatCanBecomeOfACommand) {
    const auto answers = heard(
        {Topic::Late, Topic::Switch, Topic::Cancel, Topic::Credits, Topic::Systems, Topic::Entities,
         Topic::Seats, Topic::Voids, Topic::Corrections, Topic::Caps, Topic::Before},
        60);
    for (const char* answer :
         {"track tracked", "track tracked_overage", "track addon_credits_used",
          "track limit_exceeded", "track feature_not_in_plan", "track no_active_subscription",
          "correct_usage ok", "correct_usage invalid_request", "generate_invoice ok",
          "generate_invoice nothing_to_invoice", "void_invoice ok",
          "void_invoice invoice_not_found", "add_entity ok", "add_entity limit_exceeded",
          "remove_entity ok", "cancel ok", "uncancel ok", "purchase_addon ok", "attach ok"}) {
        const auto found = answers.find(answer);
        EXPECT_TRUE(found != answers.end() && found->second >= 3) << answer;
    }
}

}  // namespace
}  // namespace quipu::judge
