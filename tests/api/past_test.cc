// GET /check with `at`: what a check said then, it says again.
#include <gtest/gtest.h>

#include <future>
#include <random>
#include <set>

#include "api/api_fixture.h"
#include "base/check.h"

namespace quipu::api::testing {
namespace {

std::string iso(base::Instant at) {
    return base::format_instant(at);
}

Answer check_at(ApiServer& server, const std::string& customer, const std::string& feature,
                const std::string& at, const std::string& more = {}) {
    return server.get("/v1/check?customer=" + customer + "&feature=" + feature + "&at=" + at +
                      more);
}

class Past : public ::testing::Test {
protected:
    void sell(const Json& terms) {
        const Answer synced = server.post("/v1/sync", catalog_of("pro", "calls", terms));
        ASSERT_EQ(synced.status, 200) << synced.text;
    }
    void attach(const std::string& plan = "pro") {
        const Answer attached =
            server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", plan}});
        ASSERT_EQ(attached.status, 200) << attached.text;
    }
    void track(std::int64_t value) {
        const Answer tracked = server.post(
            "/v1/track", {{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", value}});
        ASSERT_EQ(tracked.status, 200) << tracked.text;
    }
    Answer at(const std::string& instant, const std::string& more = {}) {
        return check_at(server, "ann@example.com", "calls", instant, more);
    }

    ApiServer server;
};

TEST_F(Past, CountsWhatWasRecordedByThenAndNothingLater) {
    sell({{"limit", 100}});
    server.set_clock("2026-04-01T00:00:00Z");
    attach();
    track(30);
    server.set_clock("2026-04-02T00:00:00Z");
    track(50);
    server.set_clock("2026-04-03T00:00:00Z");

    const Answer first = at("2026-04-01T23:59:59.999999Z");
    EXPECT_EQ(first.status, 200) << first.text;
    EXPECT_EQ(first["usage"], 30);
    EXPECT_EQ(first["balance"], 70);
    EXPECT_EQ(first["asOf"], "2026-04-01T23:59:59.999Z");
    EXPECT_EQ(at("2026-04-02T00:00:00Z")["usage"], 80);
    EXPECT_EQ(at("2026-04-01T12:00:00Z", "&value=71").code(), "limit_exceeded");
    EXPECT_EQ(at("2026-04-01T12:00:00Z", "&value=70").code(), "access_granted");
    // With an offset, and now.
    EXPECT_EQ(at("2026-04-02T02:00:00%2B03:00")["usage"], 30);
    EXPECT_EQ(at("2026-04-03T00:00:00Z")["usage"], 80);
    // The present is as it was.
    EXPECT_EQ(server.get("/v1/check?customer=ann@example.com&feature=calls")["usage"], 80);
    EXPECT_FALSE(
        server.get("/v1/check?customer=ann@example.com&feature=calls").body.contains("asOf"));
}

TEST_F(Past, ATimerThatWasDueByThenHasFiredThoughNothingWasRecorded) {
    sell({{"limit", 100}});
    attach();
    track(60);
    server.set_clock("2026-06-01T00:00:00Z");
    const Answer reset = at("2026-04-20T12:00:00Z");
    EXPECT_EQ(reset["usage"], 0) << reset.text;
    EXPECT_EQ(reset["windowStart"], "2026-04-20T12:00:00.000Z");
    EXPECT_EQ(at("2026-04-20T11:59:59.999Z")["usage"], 60);
}

TEST_F(Past, WhoWasNotThereYetIsAnUnknownCustomer) {
    sell({{"limit", 100}});
    server.set_clock("2026-04-01T00:00:00Z");
    attach();
    const Answer before = at("2026-03-31T00:00:00Z");
    EXPECT_EQ(before.status, 200) << before.text;
    EXPECT_EQ(before.code(), "customer_not_found");
    EXPECT_EQ(before["asOf"], "2026-03-31T00:00:00.000Z");
    EXPECT_EQ(before.message(), "Customer 'ann@example.com' not found in this organization.");
    // Nobody is made by asking, and nothing was before the ledger.
    const Answer nobody = check_at(server, "new@example.com", "calls", "2026-04-01T00:00:00Z");
    EXPECT_EQ(nobody.code(), "customer_not_found");
    EXPECT_EQ(server.get("/v1/customers/new@example.com").status, 404);
    EXPECT_EQ(at("1999-12-31T00:00:00Z").code(), "customer_not_found");
}

TEST_F(Past, AnInstantThatIsNoneOrHasNotComeIsRefused) {
    sell({{"limit", 100}});
    attach();
    for (const char* bad : {"yesterday", "", "2026-13-01", "1774000000000"}) {
        const Answer refused = at(bad);
        EXPECT_EQ(refused.status, 400) << bad << refused.text;
        EXPECT_EQ(refused.code(), "validation_error");
    }
    const Answer future = at("2026-03-20T12:00:00.000001Z");
    EXPECT_EQ(future.status, 400);
    EXPECT_EQ(future.code(), "at_in_future");
    EXPECT_EQ(check_at(server, "nobody", "calls", "2030-01-01T00:00:00Z").code(), "at_in_future");
    EXPECT_EQ(at("2026-03-20T12:00:00Z").status, 200);
    EXPECT_EQ(server.get("/v1/check?customer=ann@example.com&at=2026-03-20T12:00:00Z").status, 400);
}

TEST_F(Past, AnotherOrganisationsCustomerOfThatNameIsSomebodyElse) {
    sell({{"limit", 100}});
    attach();
    track(7);
    server.add_organisation("other", "sk_other_organisation_key");
    server.use_key("sk_other_organisation_key");
    EXPECT_EQ(at("2026-03-20T12:00:00Z").code(), "customer_not_found");
}

TEST_F(Past, OneQuestionIsWorkedOnAFewWaitTheRestAreTurnedAway) {
    sell({{"limit", 100}});
    attach();
    auto past = std::make_unique<engine::PastAccounts>(
        server.loop(), server.log(), engine::PastAccountsOptions{.most_waiting = 2});
    std::promise<void> may_look;
    std::shared_future<void> looks = may_look.get_future().share();
    std::vector<std::string> codes;
    std::promise<void> answered;
    const auto ask = [&] {
        engine::PastQuestion question;
        question.look = [looks](const engine::AccountView*) {
            looks.wait();
            return http::HttpResponse{};
        };
        past->ask(std::move(question), [&](base::Result<http::HttpResponse> response) {
            codes.push_back(response ? std::string() : std::string(response.error().code.text()));
            if (codes.size() == 3) answered.set_value();
        });
    };
    server.on_engine([&] {
        for (int asked = 0; asked < 3; ++asked) ask();
        EXPECT_EQ(codes, std::vector<std::string>{"history_busy"});
    });
    may_look.set_value();
    answered.get_future().wait();
    EXPECT_EQ(codes, (std::vector<std::string>{"history_busy", "", ""}));
    server.on_engine([&] {
        ask();
        past->stop();
        ask();
        EXPECT_EQ(codes.at(3), "shutting_down");
        EXPECT_EQ(codes.at(4), "shutting_down");
        past.reset();
    });
}

// A log whose beginning was deleted by its retention.
class CutLog final : public ledger::Log {
public:
    std::uint32_t partitions(ledger::Topic) const override { return 1; }
    void append(std::vector<ledger::Append>) override {}
    base::Result<std::unique_ptr<ledger::LogReader>> read(ledger::Partition,
                                                          ledger::Offset) override {
        return base::fail("log_truncated", "the wanted offset is gone");
    }
    base::Result<ledger::Offset> end(ledger::Partition) override { return 100; }
};

TEST_F(Past, ALogWithoutItsBeginningTellsNoPast) {
    CutLog log;
    auto past = std::make_unique<engine::PastAccounts>(server.loop(), log);
    std::promise<std::string> code;
    server.on_engine([&] {
        engine::PastQuestion question;
        question.until = 100;
        past->ask(std::move(question), [&](base::Result<http::HttpResponse> response) {
            code.set_value(response ? std::string() : std::string(response.error().code.text()));
        });
    });
    EXPECT_EQ(code.get_future().get(), "history_not_available");
    server.on_engine([&] { past.reset(); });
}

// Random commands of several customers, with new catalogs between them.
class RandomPast {
public:
    explicit RandomPast(std::uint64_t seed) : random_(seed) {}

    void run(int steps) {
        publish();
        for (int step = 0; step < steps; ++step) {
            command();
            if (below(4) != 0) continue;
            remember();
            now_.micros += static_cast<std::int64_t>(1 + below(9)) *
                           (below(3) == 0 ? 4 * base::kMicrosPerDay : base::kMicrosPerHour);
            server_.set_clock(iso(now_));
        }
        remember();
        for (const Remembered& each : remembered_) {
            Answer then = check_at(server_, each.customer, each.feature, each.at,
                                   "&value=" + each.value + "&entity=" + each.entity);
            ASSERT_EQ(then.body.value("asOf", ""), each.at) << then.text;
            then.body.erase("asOf");
            ASSERT_EQ(then.status, each.status);
            ASSERT_EQ(then.body, each.body)
                << each.customer << " " << each.feature << " at " << each.at;
        }
    }
    void add_codes(std::set<std::string>& codes) const {
        for (const Remembered& each : remembered_) codes.insert(each.body.value("code", ""));
    }

private:
    struct Remembered {
        std::string customer, feature, entity, value, at;
        int status;
        Json body;
    };

    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    std::string pick(std::initializer_list<const char*> from) {
        return from.begin()[below(from.size())];
    }
    std::string customer() { return "user-" + std::to_string(below(4)); }
    std::string feature() { return pick({"calls", "images", "credits", "seats", "sso"}); }
    std::string entity() { return pick({"", "", "team-1", "team-2"}); }

    void must(const Answer& answer) { QUIPU_CHECK(answer.status < 500); }

    void publish() {
        const auto calls = [&](std::int64_t limit) {
            Json terms = {{"slug", "calls"}, {"enabled", true}, {"limit", limit}};
            if (below(2) == 0) terms.update({{"overage", "charge"}, {"overagePrice", 3}});
            terms["reset"] = pick({"daily", "monthly"});
            return terms;
        };
        const auto plan = [&](const char* slug, std::int64_t price, const Json& features) {
            return Json{{"slug", slug},        {"name", slug},          {"price", price},
                        {"currency", "USD"},   {"interval", "monthly"}, {"planGroup", "main"},
                        {"features", features}};
        };
        const Json seats = {{"slug", "seats"}, {"enabled", true}, {"limit", 1 + below(3)}};
        const Json credits = {{"slug", "credits"}, {"enabled", true}, {"limit", 50}};
        must(server_.post(
            "/v1/sync",
            {{"features",
              Json::array({{{"slug", "calls"}, {"type", "metered"}, {"name", "Calls"}},
                           {{"slug", "images"}, {"type", "metered"}, {"name", "Images"}},
                           {{"slug", "sso"}, {"type", "boolean"}, {"name", "SSO"}},
                           {{"slug", "seats"},
                            {"type", "metered"},
                            {"meterType", "non_consumable"},
                            {"name", "Seats"}}})},
             {"creditSystems", Json::array({{{"slug", "credits"},
                                             {"name", "Credits"},
                                             {"features", Json::array({{{"feature", "images"},
                                                                        {"creditCost", 5}}})}}})},
             {"creditPacks", Json::array({{{"slug", "pack"},
                                           {"name", "Pack"},
                                           {"credits", 100},
                                           {"price", 100},
                                           {"currency", "USD"},
                                           {"creditSystem", "credits"}}})},
             {"plans",
              Json::array(
                  {plan("base", 0,
                        Json::array({calls(10 + static_cast<std::int64_t>(below(40))), seats})),
                   plan("pro", 2000,
                        Json::array({calls(100 + static_cast<std::int64_t>(below(100))),
                                     credits,
                                     seats,
                                     {{"slug", "sso"}, {"enabled", true}}}))})}}));
    }

    void command() {
        const std::string who = customer();
        switch (below(12)) {
            case 0:
                return must(
                    server_.post("/v1/customers", {{"id", who}, {"email", who + "@example.com"}}));
            case 1:
            case 2:
                return must(server_.post("/v1/attach",
                                         {{"customer", who}, {"product", pick({"base", "pro"})}}));
            case 3:
                return must(server_.post("/v1/addon", {{"customer", who}, {"pack", "pack"}}));
            case 4:
                return must(server_.post("/v1/entities", {{"customer", who},
                                                          {"feature", "seats"},
                                                          {"entity", pick({"team-1", "team-2"})}}));
            case 5:
                return must(
                    server_.post("/v1/entities/remove", {{"customer", who},
                                                         {"feature", "seats"},
                                                         {"entity", pick({"team-1", "team-2"})}}));
            case 6:
                if (below(3) == 0) return publish();
                return must(server_.post("/v1/customers/feature-config",
                                         {{"customer", who},
                                          {"feature", "calls"},
                                          {"overage", pick({"charge", "block"})}}));
            case 7:
                return must(server_.post("/v1/subscriptions/cancel", {{"customer", who}}));
            default:
                return track(who);
        }
    }

    void track(const std::string& who) {
        // Few ids, so that some come again.
        must(server_.post("/v1/track", {{"customer", who},
                                        {"feature", pick({"calls", "calls", "images"})},
                                        {"value", 1 + below(12)},
                                        {"entity", entity()},
                                        {"id", "event-" + std::to_string(below(400))}}));
    }

    void remember() {
        for (int each = 0; each < 3; ++each) {
            Remembered asked{customer(), feature(), entity(), std::to_string(below(20)),
                             iso(now_),  0,         {}};
            const Answer answer = server_.post("/v1/check", {{"customer", asked.customer},
                                                             {"feature", asked.feature},
                                                             {"entity", asked.entity},
                                                             {"value", std::stoi(asked.value)}});
            asked.status = answer.status;
            asked.body = answer.body;
            remembered_.push_back(std::move(asked));
        }
    }

    std::mt19937_64 random_;
    ApiServer server_{ApiServer::Clock::Manual, 2};
    base::Instant now_ = *base::parse_instant("2026-03-20T12:00:00Z");
    std::vector<Remembered> remembered_;
};

TEST(PastProperty, WhatACheckSaidItSaysAgainAsOfThen) {
    std::set<std::string> said;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomPast past(seed);
        past.run(250);
        if (::testing::Test::HasFatalFailure()) return;
        past.add_codes(said);
    }
    for (const char* code :
         {"access_granted", "addon_credits_used", "customer_not_found", "entity_not_found",
          "feature_not_in_plan", "limit_exceeded", "no_active_subscription", "overage_allowed"}) {
        EXPECT_TRUE(said.contains(code)) << code << " was never said: the test shows too little";
    }
}

}  // namespace
}  // namespace quipu::api::testing
