// check and track over HTTP: shapes, sentences, statuses, idempotency.
#include <gtest/gtest.h>

#include "api/api_fixture.h"

namespace quipu::api::testing {
namespace {

// Someone on a plan of one feature, `calls`.
class Usage : public ::testing::Test {
protected:
    void sell(const Json& terms, std::int64_t price = 0) {
        const Answer synced = server.post("/v1/sync", catalog_of("pro", "calls", terms, price));
        ASSERT_EQ(synced.status, 200) << synced.text;
        const Answer attached =
            server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}});
        ASSERT_EQ(attached.status, 200) << attached.text;
    }
    Answer track(const Json& value, Json more = Json::object()) {
        more.update({{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", value}});
        return server.post("/v1/track", more);
    }
    Answer check(const Json& value, Json more = Json::object()) {
        more.update({{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", value}});
        return server.post("/v1/check", more);
    }

    ApiServer server;
};

TEST_F(Usage, TheWholeRequestOverTheLimitIsRefusedAndTheExactRestIsTaken) {
    sell({{"limit", 100}});
    const Answer first = track(30);
    EXPECT_EQ(first.status, 200) << first.text;
    EXPECT_EQ(first.code(), "tracked");
    EXPECT_EQ(first["success"], true);
    EXPECT_EQ(first["usage"], 30);
    EXPECT_EQ(first["balance"], 70);
    EXPECT_EQ(first.message(), "Usage tracked successfully (70 remaining).");
    EXPECT_FALSE(first["eventId"].get<std::string>().empty());
    EXPECT_EQ(first["position"]["topic"], "events");

    const Answer refused = track(80);
    EXPECT_EQ(refused.status, 200);
    EXPECT_EQ(refused["success"], false);
    EXPECT_EQ(refused.code(), "limit_exceeded");
    EXPECT_EQ(refused["usage"], 30);
    EXPECT_EQ(refused["balance"], 70);
    EXPECT_EQ(refused.message(),
              "Usage tracking denied — limit reached (70 remaining). Resets at "
              "2026-04-20T12:00:00.000Z.");

    EXPECT_EQ(track(70)["balance"], 0);
    const Answer checked = check(1);
    EXPECT_EQ(checked["allowed"], false);
    EXPECT_EQ(checked.code(), "limit_exceeded");
    EXPECT_EQ(checked["usage"], 100);
    EXPECT_EQ(checked["balance"], 0);
    EXPECT_EQ(checked.message(),
              "Usage limit reached (100/100). Resets at 2026-04-20T12:00:00.000Z.");
}

TEST_F(Usage, OverageIsCountedBilledAndCapped) {
    sell({{"limit", 100},
          {"overage", "charge"},
          {"overagePrice", 5},
          {"billingUnits", 10},
          {"maxOverageUnits", 50}});
    EXPECT_EQ(track(90).code(), "tracked");
    const Answer over = track(55);
    EXPECT_EQ(over.status, 200);
    EXPECT_EQ(over.code(), "tracked_overage");
    EXPECT_EQ(over["usage"], 145);
    EXPECT_EQ(over["balance"], 0);
    EXPECT_EQ(over["overageUnits"], 45);
    EXPECT_EQ(over.message(), "Usage tracked as overage (will be billed).");
    EXPECT_EQ(over["details"]["overage"], Json({{"type", "charge"}, {"willBeBilled", true}}));
    const Json pricing = {{"usageModel", "included"},
                          {"ratingModel", "package"},
                          {"pricePerUnit", 5},
                          {"billingUnits", 10}};
    EXPECT_EQ(over["details"]["pricing"], pricing);

    const Answer refused = track(6);
    EXPECT_EQ(refused["success"], false);
    EXPECT_EQ(refused.message(), "Overage cap reached (45/50 overage units used).");
    const Answer possible = check(5);
    EXPECT_EQ(possible.code(), "overage_allowed");
    EXPECT_EQ(possible["usage"], 145);
    EXPECT_EQ(possible.message(), "Usage exceeds limit (145/100), overage will be billed.");
    EXPECT_EQ(possible["details"]["overage"]["pricePerUnit"], 5);
    EXPECT_EQ(track(5).code(), "tracked_overage");
    EXPECT_EQ(track(1).message(), "Overage cap reached (50/50 overage units used).");
}

TEST_F(Usage, ACheckThatRecordsAnswersWithTheNumbersAfterIt) {
    sell({{"limit", 10}, {"overage", "charge"}, {"overagePrice", 5}});
    const Answer recorded = check(8, {{"sendEvent", true}});
    EXPECT_EQ(recorded.code(), "access_granted");
    EXPECT_EQ(recorded["usage"], 8);
    EXPECT_EQ(recorded["balance"], 2);
    EXPECT_TRUE(recorded.body.contains("eventId"));
    const Answer over = check(8, {{"sendEvent", true}});
    EXPECT_EQ(over.code(), "overage_allowed");
    EXPECT_EQ(over["usage"], 16);
    const Answer looked = check(1);
    EXPECT_EQ(looked["usage"], 16);
    EXPECT_FALSE(looked.body.contains("eventId"));
}

TEST_F(Usage, AThirdOfATenthThreeTimesIsNotMoreThanThreeTenths) {
    sell({{"limit", 0.3}});
    EXPECT_EQ(track(0.1)["balance"], 0.2);
    EXPECT_EQ(track(0.1)["balance"], 0.1);
    EXPECT_EQ(track(0.1)["success"], true);
    EXPECT_EQ(track(Json::parse("1e-9"))["success"], false);
}

TEST_F(Usage, UnlimitedHasNoBalanceAndUsageBasedIsBillable) {
    sell({{"limit", nullptr}});
    const Answer tracked = track(5);
    EXPECT_EQ(tracked["balance"], nullptr);
    EXPECT_EQ(tracked["limit"], nullptr);
    EXPECT_EQ(tracked.message(), "Usage tracked successfully (Infinity remaining).");
    EXPECT_EQ(check(1).message(), "Unlimited access to 'calls' on Pro.");
}

TEST_F(Usage, PayAsYouGoSaysSoAndShowsTheTier) {
    sell({{"usageModel", "usage_based"},
          {"ratingModel", "graduated"},
          {"tiers", Json::array({{{"upTo", 10}, {"unitPrice", 5}},
                                 {{"upTo", nullptr}, {"unitPrice", 2}, {"flatFee", 50}}})}});
    const Answer checked = check(3);
    EXPECT_EQ(checked.code(), "access_granted");
    EXPECT_EQ(checked.message(), "Usage-based access granted for 'calls'. Usage will be billed.");
    EXPECT_FALSE(checked["details"]["pricing"].contains("currentTier"));
    const Answer tracked = track(12);
    EXPECT_EQ(tracked.code(), "tracked");
    EXPECT_EQ(tracked.message(), "Usage tracked successfully. This usage is billable.");
    const Json tier = {
        {"index", 1}, {"startsAt", 10}, {"endsAt", nullptr}, {"unitPrice", 2}, {"flatFee", 50}};
    EXPECT_EQ(tracked["details"]["pricing"]["currentTier"], tier);
}

TEST_F(Usage, PrepaidShowsItsPool) {
    sell({{"usageModel", "prepaid"}, {"limit", 100}});
    const Answer tracked = track(40);
    const Json pool = {
        {"used", 40}, {"limit", 100}, {"balance", 60}, {"resetsAt", "2026-04-20T12:00:00.000Z"}};
    EXPECT_EQ(tracked["credits"],
              Json({{"source", "prepaid"}, {"addonBalance", nullptr}, {"plan", pool}}));
}

TEST_F(Usage, DenialsHaveTheirStatusAndTheirSentenceWhereTheSdkReadsIt) {
    sell({{"limit", 100}});
    struct Case {
        Json body;
        int track_status;
        std::string code;
        std::string message;
    };
    const Case cases[] = {
        {{{"customer", "nobody"}, {"feature", "calls"}},
         404,
         "customer_not_found",
         "Customer 'nobody' not found in this organization."},
        {{{"customer", "ann@example.com"}, {"feature", "nope"}},
         404,
         "feature_not_found",
         "Feature 'nope' not found."},
        {{{"customer", "ann@example.com"}, {"feature", "calls"}, {"entity", "e9"}},
         404,
         "entity_not_found",
         "Entity 'e9' not found for feature 'calls'. Use addEntity() to create it first."},
        {{{"customer", "new@example.com"}, {"feature", "calls"}},
         400,
         "no_active_subscription",
         "No active or trialing subscription found for this customer."},
    };
    for (const Case& each : cases) {
        const Answer tracked = server.post("/v1/track", each.body);
        EXPECT_EQ(tracked.status, each.track_status) << tracked.text;
        EXPECT_EQ(tracked.code(), each.code);
        EXPECT_EQ(tracked["success"], false);
        EXPECT_EQ(tracked["error"], each.message);
        EXPECT_EQ(tracked["message"], each.message);
        EXPECT_EQ(tracked["details"], Json({{"message", each.message}}));
        EXPECT_EQ(tracked["usage"], nullptr);
        EXPECT_EQ(tracked["credits"], nullptr);
        const Answer checked = server.post("/v1/check", each.body);
        EXPECT_EQ(checked.status, 200) << checked.text;
        EXPECT_EQ(checked["allowed"], false);
        EXPECT_EQ(checked.code(), each.code);
        EXPECT_EQ(checked.message(), each.message);
    }
}

TEST_F(Usage, ABooleanFeatureIsAllowedWithoutNumbers) {
    Json catalog = catalog_of("pro", "sso", {{"limit", nullptr}});
    catalog["features"][0]["type"] = "boolean";
    ASSERT_EQ(server.post("/v1/sync", catalog).status, 200);
    ASSERT_EQ(
        server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}}).status,
        200);
    const Answer checked =
        server.post("/v1/check", {{"customer", "ann@example.com"}, {"feature", "sso"}});
    EXPECT_EQ(checked["allowed"], true);
    EXPECT_EQ(checked.code(), "access_granted");
    EXPECT_EQ(checked.message(), "Feature 'sso' enabled on Pro.");
    for (const char* field :
         {"usage", "limit", "balance", "resetsAt", "resetInterval", "credits"}) {
        EXPECT_EQ(checked[field], nullptr) << field;
    }
    EXPECT_TRUE(checked["details"].contains("pricing"));
}

TEST_F(Usage, ValuesThatAreNoUnitsAreRefused) {
    sell({{"limit", 100}});
    struct Case {
        const char* value;
        const char* message;
    };
    const Case cases[] = {
        {"-1", "Invalid value: Too small: expected number to be >=0"},
        {"0.0000000001", "Invalid value: Too precise: at most 9 decimals are kept"},
        {"1e300", "Invalid value: Too big: the number is out of range"},
        {"1000000000000001", "Invalid value: Too big: expected number to be <=1000000000000000"},
        {"\"5\"", "Invalid value: Invalid input: expected number, received string"},
        // How JSON writes a number that is none: it must not count as one unit.
        {"null", "Invalid value: Invalid input: expected number, received null"},
    };
    for (const Case& each : cases) {
        for (const char* path : {"/v1/track", "/v1/check"}) {
            const Answer refused = server.post_text(
                path, std::string(R"({"customer":"ann@example.com","feature":"calls","value":)") +
                          each.value + "}");
            EXPECT_EQ(refused.status, 400) << refused.text;
            EXPECT_EQ(refused.code(), "validation_error");
            EXPECT_EQ(refused["error"], each.message);
            EXPECT_EQ(refused["message"], each.message);
        }
    }
    EXPECT_EQ(check(0)["usage"], 0);
}

TEST_F(Usage, CheckMayBeAskedWithAQuery) {
    sell({{"limit", 100}});
    EXPECT_EQ(track(40).code(), "tracked");
    const Answer checked =
        server.get("/v1/check?customer=ann%40example.com&feature=calls&value=61");
    EXPECT_EQ(checked.code(), "limit_exceeded");
    EXPECT_EQ(checked["usage"], 40);
    EXPECT_EQ(server.get("/v1/check?customer=ann@example.com").status, 400);
    EXPECT_EQ(server.get("/v1/check?customer=ann@example.com&feature=calls&value=x").code(),
              "validation_error");
}

TEST_F(Usage, UsageBelongsToTheWindowItHappenedIn) {
    sell({{"limit", 100}});
    server.set_clock("2026-04-21T00:00:00Z");
    EXPECT_EQ(track(10)["usage"], 10);
    const Answer late = track(5, {{"timestamp", "2026-04-01T00:00:00Z"}});
    EXPECT_EQ(late["usage"], 5);
    EXPECT_EQ(late["windowStart"], "2026-03-20T12:00:00.000Z");
    EXPECT_EQ(check(0)["usage"], 10);
    EXPECT_EQ(track(1, {{"occurredAt", 1776733200000}})["usage"], 11);  // an hour ahead
    const Answer ancient = track(1, {{"timestamp", "2020-01-01T00:00:00Z"}});
    EXPECT_EQ(ancient.status, 400);
    EXPECT_EQ(ancient.code(), "occurred_at_out_of_range");
    EXPECT_EQ(track(1, {{"timestamp", "yesterday"}}).code(), "validation_error");
}

TEST_F(Usage, ACheckAfterTheWindowSeesTheNextOneWithoutATick) {
    sell({{"limit", 100}, {"reset", "hourly"}});
    EXPECT_EQ(track(100)["balance"], 0);
    EXPECT_EQ(check(1)["allowed"], false);
    server.set_clock("2026-03-20T13:00:00Z");
    EXPECT_EQ(check(1)["allowed"], true);
    EXPECT_EQ(check(1)["resetsAt"], "2026-03-20T14:00:00.000Z");
}

}  // namespace
}  // namespace quipu::api::testing
