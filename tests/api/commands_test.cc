// A command's way to its home: what is filled in, what is refused before the log, when it answers.
#include "api/request/commands.h"

#include <gtest/gtest.h>

#include <future>
#include <string>

#include "api/api_fixture.h"
#include "api/request/directory.h"

namespace quipu::api::testing {
namespace {

using base::Result;

// Of a reply that is gone.
struct Said {
    std::string event_id;
    std::string customer;
    ledger::Partition partition;
    bool duplicate = false;
};

class CommandsTest : public ::testing::Test {
protected:
    void SetUp() override {
        ASSERT_EQ(
            server_.post("/v1/customers", {{"email", "ann@example.com"}, {"id", "ann"}}).status,
            200);
        server_.on_engine([&] { ann_ = *directory_.find("default", "ann"); });
    }
    static ledger::CommandRecord cap(const std::string& id, std::int64_t max_minor = 500) {
        ledger::CommandRecord record;
        record.id = id;
        record.command =
            ledger::SetOverageLimit{ledger::OverageLimit{max_minor, ledger::LimitReaction::Block}};
        return record;
    }
    Result<Said> submit(ledger::CommandRecord record) {
        std::promise<Result<Said>> said;
        server_.on_engine([&] {
            commands_.submit(ann_, std::move(record), [&](const Result<ingest::Reply>& reply) {
                if (!reply) return said.set_value(tl::unexpected(reply.error()));
                said.set_value(Said{std::string(reply->event_id), std::string(reply->customer),
                                    reply->partition, reply->duplicate});
            });
        });
        return said.get_future().get();
    }

    ApiServer server_;
    base::RandomIds ids_;
    Commands commands_{server_.engine(), ids_};
    Directory directory_{server_.engine(), ids_, commands_};
    ledger::Customer ann_;
};

TEST_F(CommandsTest, ARecordGoesToItsCustomersHomeWithAFreshId) {
    const Said said = submit(cap("")).value();
    EXPECT_TRUE(said.event_id.starts_with("evt_")) << said.event_id;
    EXPECT_EQ(said.customer, ann_.id);
    EXPECT_EQ(said.partition, commands_.home_of(ann_));
    EXPECT_EQ(said.partition.topic, ledger::Topic::Events);
}

TEST_F(CommandsTest, AnIdThatTheCallerChoseStays) {
    EXPECT_EQ(submit(cap("once")).value().event_id, "once");
    EXPECT_TRUE(submit(cap("once")).value().duplicate);
}

TEST_F(CommandsTest, WhatMayNotGoOnTheLogIsRefusedBefore) {
    const ledger::Partition home = commands_.home_of(ann_);
    const auto before = server_.log().end(home).value();
    const auto refused = submit(cap(std::string(100'000, 'x')));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode("validation_error"));
    EXPECT_EQ(server_.log().end(home).value(), before);
}

TEST_F(CommandsTest, AnAnswerOfTheLogSaysWhereItIs) {
    const auto end = server_.log().end(commands_.home_of(ann_)).value();
    std::promise<Result<ledger::Offset>> logged;
    server_.on_engine([&] {
        commands_.submit_logged(ann_, cap("logged"), [&](const Result<ledger::Offset>& offset) {
            logged.set_value(offset);
        });
    });
    EXPECT_EQ(logged.get_future().get().value(), end);
}

TEST_F(CommandsTest, WhatIsPublishedHoldsEverywhereWhenThatIsAnswered) {
    std::promise<bool> everywhere;
    server_.on_engine([&] {
        ledger::UpdateSettings update;
        update.patch.require_payment_method = false;
        ledger::CommandRecord record;
        record.command = update;
        commands_.submit_control("default", std::move(record), [&](const auto& reply) {
            ASSERT_TRUE(reply);
            commands_.when_everywhere([&](const Result<void>& passed) {
                const auto& settings = directory_.home_of(ann_).book("default").settings();
                everywhere.set_value(passed && !settings.require_payment_method);
            });
        });
    });
    EXPECT_TRUE(everywhere.get_future().get());
}

}  // namespace
}  // namespace quipu::api::testing
