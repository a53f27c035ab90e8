// Whatever was tracked, taken back, invoiced, withdrawn and late: every invoice adds up to its
// events, and usage over time to the balances. The seed is in the test's name.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "api/api_fixture.h"
#include "base/decimal.h"

namespace quipu::api::testing {
namespace {

constexpr const char* kCustomer = "ann@example.com";
constexpr int kSteps = 220;

Json feature(const char* slug) {
    return {{"slug", slug}, {"type", "metered"}, {"name", slug}};
}

// A weekly meter with tiers and rollover, packages, and credits that two features share.
Json catalog() {
    const Json tiers = Json::array({{{"upTo", 10}, {"unitPrice", 7}},
                                    {{"upTo", 40}, {"unitPrice", 2.5}, {"flatFee", 3}},
                                    {{"upTo", nullptr}, {"unitPrice", 0.3}}});
    const Json features = Json::array({{{"slug", "tiered"},
                                        {"enabled", true},
                                        {"limit", 20},
                                        {"reset", "weekly"},
                                        {"rollover", true},
                                        {"maxRollover", 15},
                                        {"overage", "charge"},
                                        {"ratingModel", "graduated"},
                                        {"tiers", tiers}},
                                       {{"slug", "packed"},
                                        {"enabled", true},
                                        {"usageModel", "usage_based"},
                                        {"overage", "charge"},
                                        {"pricePerUnit", 11},
                                        {"billingUnits", 7}},
                                       {{"slug", "ai"},
                                        {"enabled", true},
                                        {"limit", 60},
                                        {"overage", "charge"},
                                        {"overagePrice", 3}}});
    return {
        {"features",
         Json::array({feature("tiered"), feature("packed"), feature("chat"), feature("image")})},
        {"creditSystems",
         Json::array({{{"slug", "ai"},
                       {"name", "AI"},
                       {"features", Json::array({{{"feature", "chat"}, {"creditCost", 1}},
                                                 {{"feature", "image"}, {"creditCost", 6}}})}}})},
        {"creditPacks", Json::array({{{"slug", "pack"},
                                      {"name", "Pack"},
                                      {"credits", 25},
                                      {"price", 200},
                                      {"currency", "USD"},
                                      {"creditSystem", "ai"}}})},
        {"plans", Json::array({{{"slug", "pro"},
                                {"name", "Pro"},
                                {"price", 90},
                                {"currency", "USD"},
                                {"interval", "monthly"},
                                {"features", features}}})}};
}

base::Quantity exact(const Json& number) {
    return base::Quantity::parse(number.dump()).value_or(base::Quantity{});
}

class ExplainRandom : public ::testing::TestWithParam<unsigned> {
protected:
    ExplainRandom() : random_(GetParam()) {
        EXPECT_EQ(server.post("/v1/sync", catalog()).status, 200);
        EXPECT_EQ(server.post("/v1/attach", {{"customer", kCustomer}, {"product", "pro"}}).status,
                  200);
        EXPECT_EQ(server
                      .post("/v1/entities",
                            {{"customer", kCustomer}, {"feature", "tiered"}, {"entity", "w1"}})
                      .status,
                  200);
    }
    int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
    std::string some_feature() {
        static const char* const kFeatures[] = {"tiered", "packed", "chat", "image"};
        return kFeatures[below(4)];
    }
    std::string moment(std::int64_t micros) { return base::format_instant({micros}); }

    void one_step() {
        const int what = below(20);
        Json body = {{"customer", kCustomer}};
        if (what < 12) {
            body.update({{"feature", some_feature()}, {"value", 1 + below(90) * 0.25}});
            if (below(4) == 0) body["entity"] = "w1";
            // Late by up to three weeks: also into periods that were billed.
            if (below(3) == 0) body["timestamp"] = moment(now_ - below(21) * base::kMicrosPerDay);
            (void)server.post("/v1/track", body);
        } else if (what < 14) {
            body.update({{"feature", some_feature()}, {"value", 1 + below(30)}});
            if (below(3) == 0) body["timestamp"] = moment(now_ - below(14) * base::kMicrosPerDay);
            (void)server.post("/v1/usage/correct", body);
        } else if (what < 16) {
            (void)server.post("/v1/billing/invoice", body);
        } else if (what == 16) {
            body["pack"] = "pack";
            (void)server.post("/v1/addon", body);
        } else if (what == 17) {
            const Json all = invoices();
            const int chosen = below(static_cast<int>(all.size()));
            const std::string id = all[static_cast<std::size_t>(chosen)]["id"];
            (void)server.post("/v1/invoices/" + id + "/void", Json::object());
        } else {
            now_ += (1 + below(120)) * base::kMicrosPerHour;
            server.set_clock(moment(now_));
        }
    }
    Json invoices() {
        return server.get(std::string("/v1/billing/invoices?customer=") + kCustomer)["invoices"];
    }
    Json usage(const std::string& query) {
        const Answer answer = server.get(std::string("/v1/customers/") + kCustomer + "/usage?" +
                                         "from=2026-01-01&" + query);
        EXPECT_EQ(answer.status, 200) << answer.text;
        return answer.body;
    }

    ApiServer server{ApiServer::Clock::Manual, 1};
    std::mt19937 random_;
    std::int64_t now_ = base::parse_instant("2026-03-20T12:00:00Z")->micros;
};

TEST_P(ExplainRandom, InvoicesAddUpToTheirEventsAndSeriesToTheBalances) {
    for (int i = 0; i < kSteps; ++i) one_step();

    int lines = 0;
    int corrections = 0;
    for (const Json& invoice : invoices()) {
        const std::string id = invoice["id"];
        const Answer answer = server.get("/v1/invoices/" + id + "/explain?limit=3");
        ASSERT_EQ(answer.status, 200) << answer.text;
        ASSERT_EQ(answer["holds"], true) << answer.body.dump(1);
        for (const Json& line : answer["lines"]) {
            ++lines;
            if (!line.contains("summary")) continue;
            corrections += line["line"].contains("correction") ? 1 : 0;
            std::int64_t events = static_cast<std::int64_t>(line["events"].size());
            Json cursor = line["nextCursor"];
            while (!cursor.is_null()) {
                const Answer page = server.get("/v1/invoices/" + id +
                                               "/explain?limit=2&line=" + line["index"].dump() +
                                               "&cursor=" + cursor.get<std::string>());
                ASSERT_EQ(page.status, 200) << page.text;
                events += static_cast<std::int64_t>(page["events"].size());
                cursor = page["nextCursor"];
            }
            ASSERT_EQ(line["summary"]["events"], events);
        }
    }
    EXPECT_GT(lines, 20);
    EXPECT_GT(corrections, 0);

    const Json balances =
        server.get(std::string("/v1/customers/") + kCustomer + "/balances")["balances"];
    for (const char* meter : {"tiered", "packed", "ai"}) {
        const std::string of = std::string("feature=") + meter;
        const Json periods = usage(of + "&window=period");
        EXPECT_EQ(periods["total"], usage(of + "&window=day")["total"]) << meter;
        const Json by_entity = usage(of + "&window=period&entity=w1");
        const auto shown = std::ranges::find_if(
            balances, [&](const Json& each) { return each["feature"] == meter; });
        ASSERT_NE(shown, balances.end());
        // The balance is the customer's own, without what entities used.
        ASSERT_EQ(periods["buckets"].back()["start"], (*shown)["windowStart"]);
        for (const auto& [bucket, field] :
             {std::pair("usage", "usage"), std::pair("overage", "overageUnits")}) {
            const base::Quantity own = exact(periods["buckets"].back()[bucket]) -
                                       exact(by_entity["buckets"].back()[bucket]);
            EXPECT_EQ(exact((*shown)[field]), own) << meter << ' ' << bucket;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ExplainRandom, ::testing::Range(1U, 7U));

}  // namespace
}  // namespace quipu::api::testing
