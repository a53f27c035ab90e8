// A customer's usage over time over HTTP: buckets by hand, and that they sum to the balances.
#include <gtest/gtest.h>

#include "api/api_fixture.h"

namespace quipu::api::testing {
namespace {

class Series : public ::testing::Test {
protected:
    // Daily windows of 100 that carry on what they leave, then overage at 2.
    Series() {
        Json catalog = catalog_of("pro", "calls",
                                  {{"limit", 100},
                                   {"reset", "daily"},
                                   {"rollover", true},
                                   {"overage", "charge"},
                                   {"overagePrice", 2}});
        catalog["features"].push_back(
            {{"slug", "audit-log"}, {"type", "boolean"}, {"name", "Audit log"}});
        catalog["features"].push_back({{"slug", "seats"},
                                       {"type", "metered"},
                                       {"meterType", "non_consumable"},
                                       {"name", "Seats"}});
        EXPECT_EQ(server.post("/v1/sync", catalog).status, 200);
        EXPECT_EQ(
            server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}}).status,
            200);
    }
    void track(const Json& value, const std::string& at = {}, Json more = Json::object()) {
        more.update({{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", value}});
        if (!at.empty()) more["timestamp"] = at;
        const Answer tracked = server.post("/v1/track", more);
        ASSERT_EQ(tracked.status, 200) << tracked.text;
        ASSERT_EQ(tracked["allowed"], true) << tracked.text;
    }
    Answer usage(const std::string& query) {
        return server.get("/v1/customers/ann@example.com/usage?" + query);
    }
    Json balance() { return server.get("/v1/customers/ann@example.com/balances")["balances"][0]; }

    ApiServer server;
};

// Of the buckets with something in them: start and usage.
Json used(const Answer& answer) {
    Json rows = Json::array();
    for (const Json& bucket : answer["buckets"]) {
        if (bucket["events"] != 0) rows.push_back({bucket["start"], bucket["usage"]});
    }
    return rows;
}

TEST_F(Series, HoursDaysWeeksAndMonthsByWhenItHappened) {
    track(10, "2026-03-20T12:00:00Z");
    server.set_clock("2026-03-22T00:30:00Z");
    track(20, "2026-03-20T13:59:59.999Z");
    track(0.5, "2026-03-20T14:00:00Z");
    track(7);
    const Answer hours = usage("feature=calls&window=hour&from=2026-03-20T12:10:00Z");
    ASSERT_EQ(hours.status, 200) << hours.text;
    EXPECT_EQ(hours["from"], "2026-03-20T12:00:00.000Z");  // buckets are whole
    EXPECT_EQ(hours["to"], "2026-03-22T01:00:00.000Z");
    EXPECT_EQ(hours["buckets"].size(), 37u);
    EXPECT_EQ(used(hours), Json::parse(R"([["2026-03-20T12:00:00.000Z",10],
        ["2026-03-20T13:00:00.000Z",20],["2026-03-20T14:00:00.000Z",0.5],
        ["2026-03-22T00:00:00.000Z",7]])"));
    EXPECT_EQ(hours["buckets"][36]["end"], "2026-03-22T01:00:00.000Z");
    EXPECT_EQ(hours["total"]["usage"], 37.5);
    EXPECT_EQ(hours["total"]["events"], 4);

    const Answer days = usage("feature=calls");
    EXPECT_EQ(days["window"], "day");
    EXPECT_EQ(days["buckets"].size(), 31u);
    EXPECT_EQ(used(days), Json::parse(R"([["2026-03-20T00:00:00.000Z",30.5],
        ["2026-03-22T00:00:00.000Z",7]])"));
    EXPECT_EQ(used(usage("feature=calls&window=week")), Json::parse(R"([
        ["2026-03-15T00:00:00.000Z",30.5],["2026-03-22T00:00:00.000Z",7]])"));
    const Answer months = usage("feature=calls&window=month");
    EXPECT_EQ(used(months), Json::parse(R"([["2026-03-01T00:00:00.000Z",37.5]])"));
    EXPECT_EQ(months["buckets"].size(), 13u);
    EXPECT_EQ(used(usage("feature=calls&window=minute&to=2026-03-20T14:00:00Z")),
              Json::parse(R"([["2026-03-20T13:59:00.000Z",20]])"));
}

TEST_F(Series, ThePeriodsOfTheMeterAreItsBalances) {
    track(40);
    track(0);  // nothing went anywhere
    server.set_clock("2026-03-21T10:00:00Z");
    track(200);  // 60 carried on, 100 included, 40 over
    ASSERT_EQ(server
                  .post("/v1/usage/correct",
                        {{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", 50}})
                  .status,
              200);
    const Answer periods = usage("feature=calls&window=period&from=2026-03-20T12:00:00Z");
    ASSERT_EQ(periods.status, 200) << periods.text;
    EXPECT_EQ(periods["from"], "2026-03-20T00:00:00.000Z");
    ASSERT_EQ(periods["buckets"].size(), 2u) << periods.text;
    EXPECT_EQ(periods["buckets"][0]["usage"], 40);
    const Json& today = periods["buckets"][1];
    EXPECT_EQ(today, Json({{"start", "2026-03-21T00:00:00.000Z"},
                           {"end", "2026-03-22T00:00:00.000Z"},
                           {"usage", 150},
                           {"included", 90},
                           {"rollover", 60},
                           {"credits", 0},
                           {"prepaid", 0},
                           {"overage", 0},
                           {"events", 2}}));
    EXPECT_EQ(balance()["usage"], today["usage"]);
    EXPECT_EQ(balance()["overageUnits"], today["overage"]);
    EXPECT_EQ(usage("feature=calls&window=day")["total"]["usage"], 190);
}

TEST_F(Series, AnEntityIsAskedForByItself) {
    ASSERT_EQ(server
                  .post("/v1/entities",
                        {{"customer", "ann@example.com"}, {"feature", "calls"}, {"entity", "w1"}})
                  .status,
              200);
    track(3);
    track(4, {}, {{"entity", "w1"}});
    EXPECT_EQ(usage("feature=calls")["total"]["usage"], 7);
    const Answer own = usage("feature=calls&entity=w1");
    EXPECT_EQ(own["total"]["usage"], 4);
    EXPECT_EQ(own["entity"], "w1");
}

TEST_F(Series, WhatCannotBeAnsweredIsRefused) {
    const auto code = [&](const std::string& query) { return usage(query).code(); };
    EXPECT_EQ(code(""), "validation_error");
    EXPECT_EQ(code("feature=calls&window=fortnight"), "validation_error");
    EXPECT_EQ(code("feature=calls&from=yesterday"), "validation_error");
    EXPECT_EQ(code("feature=calls&from=2026-03-20&to=2026-03-20"), "validation_error");
    EXPECT_EQ(code("feature=calls&from=2027-01-01"), "validation_error");
    EXPECT_EQ(code("feature=nothing"), "feature_not_found");
    EXPECT_EQ(code("feature=audit-log"), "feature_without_usage");
    EXPECT_EQ(code("feature=seats"), "feature_without_usage");
    EXPECT_EQ(code("feature=calls&window=minute&from=2026-03-19&to=2026-03-20T00:00:00Z"),
              "range_too_large");
    EXPECT_EQ(code("feature=calls&window=hour&from=0001-01-01&to=9999-01-01"), "range_too_large");
    EXPECT_EQ(server.get("/v1/customers/nobody/usage?feature=calls").status, 404);
    // 1000 buckets are not too many.
    const Answer most =
        usage("feature=calls&window=minute&from=2026-03-20T00:00:00Z&to=2026-03-20T16:40:00Z");
    EXPECT_EQ(most["buckets"].size(), 1000u) << most.text;
}

}  // namespace
}  // namespace quipu::api::testing
