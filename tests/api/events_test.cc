// Sending the same thing twice, sending much at once, CloudEvents, and the test clock.
#include <gtest/gtest.h>

#include "api/api_fixture.h"

namespace quipu::api::testing {
namespace {

const std::string kSingle = "Content-Type: application/cloudevents+json\r\n";
const std::string kBatch = "Content-Type: application/cloudevents-batch+json; charset=utf-8\r\n";

class Events : public ::testing::Test {
protected:
    void SetUp() override {
        ASSERT_EQ(server.post("/v1/sync", catalog_of("pro", "calls", {{"limit", 100}})).status,
                  200);
        ASSERT_EQ(
            server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}}).status,
            200);
    }
    static Json event(const std::string& id, const Json& value) {
        return {{"specversion", "1.0"},
                {"id", id},
                {"source", "quipu"},
                {"type", "calls"},
                {"subject", "ann@example.com"},
                {"time", "2026-03-20T12:00:00Z"},
                {"data", {{"value", value}}}};
    }
    static Json usage(const Json& value, Json more = Json::object()) {
        more.update({{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", value}});
        return more;
    }
    Json used() {
        return server.post("/v1/check",
                           {{"customer", "ann@example.com"}, {"feature", "calls"}})["usage"];
    }

    ApiServer server;
};

TEST_F(Events, ARetryHearsTheFirstAnswerAndAnotherBodyConflicts) {
    const std::string key = "Idempotency-Key: k1\r\n";
    const Answer first = server.post("/v1/track", usage(3), key);
    EXPECT_EQ(first["eventId"], "k1");
    EXPECT_FALSE(first.body.contains("duplicate"));
    EXPECT_EQ(server.post("/v1/track", usage(1)).code(), "tracked");
    Answer again = server.post("/v1/track", usage(3), key);
    EXPECT_EQ(again["duplicate"], true);
    EXPECT_EQ(again["usage"], 3);
    again.body.erase("duplicate");
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(used(), 4);

    const Answer conflict = server.post("/v1/track", usage(4), key);
    EXPECT_EQ(conflict.status, 409);
    EXPECT_EQ(conflict.code(), "idempotency_conflict");
    const Answer other =
        server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}}, key);
    EXPECT_EQ(other.status, 409);
    EXPECT_EQ(used(), 4);
}

TEST_F(Events, TheEventIdMayStandInTheBody) {
    for (const char* name : {"id", "eventId", "transactionId"}) {
        const Json body = usage(1, {{name, std::string("by-") + name}});
        EXPECT_EQ(server.post("/v1/track", body)["eventId"], std::string("by-") + name);
        EXPECT_EQ(server.post("/v1/track", body)["duplicate"], true);
    }
    EXPECT_EQ(used(), 3);
    EXPECT_EQ(server.post("/v1/track", usage(1, {{"id", 5}})).code(), "validation_error");
    // The header wins.
    EXPECT_EQ(
        server.post("/v1/track", usage(1, {{"id", "x"}}), "Idempotency-Key: y\r\n")["eventId"],
        "y");
}

TEST_F(Events, EveryWriteCountsOnceUnderItsKey) {
    struct Case {
        const char* path;
        Json body;
    };
    const Case cases[] = {
        {"/v1/customers", {{"email", "bob@example.com"}}},
        {"/v1/sync", catalog_of("max", "calls", {{"limit", 5}}, 900)},
        {"/v1/attach", {{"customer", "ann@example.com"}, {"product", "max"}}},
        {"/v1/entities", {{"customer", "ann@example.com"}, {"feature", "calls"}, {"entity", "e"}}},
        {"/v1/entities/remove",
         {{"customer", "ann@example.com"}, {"feature", "calls"}, {"entity", "e"}}},
        {"/v1/customers/feature-config",
         {{"customer", "ann@example.com"}, {"feature", "calls"}, {"overage", "block"}}},
        {"/v1/customers/overage-limit", {{"customer", "ann@example.com"}, {"maxOverageAmount", 5}}},
        {"/v1/subscriptions/cancel", {{"customer", "ann@example.com"}, {"product", "max"}}},
        {"/v1/subscriptions/uncancel", {{"customer", "ann@example.com"}, {"product", "max"}}},
    };
    for (const Case& each : cases) {
        const std::string key = std::string("Idempotency-Key: ") + each.path + "\r\n";
        const Answer first = server.post(each.path, each.body, key);
        EXPECT_EQ(first.status, 200) << each.path << first.text;
        EXPECT_EQ(first["eventId"], each.path);
        EXPECT_TRUE(first["position"].contains("offset")) << each.path;
        const Answer again = server.post(each.path, each.body, key);
        EXPECT_EQ(again.status, 200) << each.path << again.text;
        EXPECT_EQ(again["duplicate"], true) << each.path;
    }
    const Answer conflict = server.post("/v1/customers", {{"email", "eve@example.com"}},
                                        "Idempotency-Key: /v1/customers\r\n");
    EXPECT_EQ(conflict.status, 409);
    EXPECT_EQ(conflict.code(), "idempotency_conflict");
}

TEST_F(Events, ABatchAnswersEachEventInOrder) {
    const Json batch = Json::array({usage(3),
                                    usage(-1),
                                    usage(200),
                                    usage(2, {{"id", "b"}}),
                                    usage(2, {{"id", "b"}}),
                                    usage(1, {{"feature", "calls"}}),
                                    {{"customer", "nobody"}, {"feature", "calls"}},
                                    {{"customer", "new@x.io"}, {"feature", "calls"}},
                                    7});
    const Answer answer = server.post("/v1/track/batch", batch);
    ASSERT_EQ(answer.status, 200) << answer.text;
    const Json& results = answer["results"];
    ASSERT_EQ(results.size(), 9u);
    EXPECT_EQ(results[0]["code"], "tracked");
    EXPECT_EQ(results[0]["status"], 200);
    EXPECT_EQ(results[0]["usage"], 3);
    EXPECT_EQ(results[1]["status"], 400);
    EXPECT_EQ(results[1]["error"], "Invalid events.1.value: Too small: expected number to be >=0");
    EXPECT_EQ(results[2]["code"], "limit_exceeded");
    EXPECT_EQ(results[3]["usage"], 5);
    EXPECT_EQ(results[4]["duplicate"], true);
    EXPECT_EQ(results[5]["usage"], 6);
    EXPECT_EQ(results[6]["status"], 404);
    EXPECT_EQ(results[6]["code"], "customer_not_found");
    EXPECT_EQ(results[7]["code"], "no_active_subscription");  // created on the way
    EXPECT_EQ(results[8]["status"], 400);
    EXPECT_EQ(used(), 6);
    EXPECT_EQ(server.get("/v1/customers/new@x.io").status, 200);
}

TEST_F(Events, ABatchUnderAKeyCountsOnce) {
    const Json batch = {{"events", Json::array({usage(3), usage(4)})}};
    const std::string key = "Idempotency-Key: batch-1\r\n";
    EXPECT_EQ(server.post("/v1/track/batch", batch, key)["results"][1]["usage"], 7);
    const Answer again = server.post("/v1/track/batch", batch, key);
    EXPECT_EQ(again["results"][0]["duplicate"], true);
    EXPECT_EQ(again["results"][1]["duplicate"], true);
    EXPECT_EQ(used(), 7);
}

TEST_F(Events, ABatchHasItsLimits) {
    EXPECT_EQ(server.post("/v1/track/batch", Json::array()).code(), "validation_error");
    EXPECT_EQ(server.post("/v1/track/batch", Json::object()).code(), "validation_error");
    Json batch = Json::array();
    for (int i = 0; i < 1000; ++i) batch.push_back(usage(0));
    const Answer full = server.post("/v1/track/batch", batch);
    EXPECT_EQ(full["results"].size(), 1000u);
    EXPECT_EQ(full["results"][999]["code"], "tracked");
    batch.push_back(usage(0));
    const Answer over = server.post("/v1/track/batch", batch);
    EXPECT_EQ(over.status, 413);
    EXPECT_EQ(over.code(), "batch_too_large");
    EXPECT_EQ(over["error"], "A batch may hold at most 1000 events.");
}

TEST_F(Events, ManyOfOneUnseenCustomerMakeThemOnce) {
    Json batch = Json::array();
    for (int i = 0; i < 20; ++i) batch.push_back({{"customer", "twin@x.io"}, {"feature", "calls"}});
    const Answer answer = server.post("/v1/track/batch", batch);
    for (const Json& result : answer["results"])
        EXPECT_EQ(result["code"], "no_active_subscription") << result;
    EXPECT_EQ(server.get("/v1/customers")["customers"].size(), 2u);
}

TEST_F(Events, ACloudEventIsATrack) {
    const Answer one = server.post_text("/v1/events", event("c1", 5).dump(), kSingle);
    ASSERT_EQ(one.status, 200) << one.text;
    EXPECT_EQ(one.code(), "tracked");
    EXPECT_EQ(one["eventId"], "c1");
    EXPECT_EQ(one["usage"], 5);
    // The same id over /track is the same event.
    const Answer again =
        server.post("/v1/track", usage(5, {{"id", "c1"}, {"timestamp", "2026-03-20T12:00:00Z"}}));
    EXPECT_EQ(again["duplicate"], true) << again.text;

    const Json batch =
        Json::array({event("c2", 1), event("c1", 5), {{"specversion", "1.0"}, {"id", "x"}}, [] {
                         Json unknown = event("c3", 1);
                         unknown["subject"] = "nobody";
                         return unknown;
                     }()});
    const Answer many = server.post_text("/v1/events", batch.dump(), kBatch);
    ASSERT_EQ(many.status, 200) << many.text;
    ASSERT_EQ(many["results"].size(), 4u);
    EXPECT_EQ(many["results"][0]["usage"], 6);
    EXPECT_EQ(many["results"][1]["duplicate"], true);
    EXPECT_EQ(many["results"][2]["status"], 400);
    EXPECT_EQ(many["results"][2]["code"], "event_attribute_missing");
    EXPECT_EQ(many["results"][3]["code"], "customer_not_found");
    EXPECT_EQ(used(), 6);
}

TEST_F(Events, AnEventMayBeAnsweredWhenItIsLogged) {
    const Answer logged = server.post_text("/v1/events?ack=logged", event("l1", 5).dump(), kSingle);
    ASSERT_EQ(logged.status, 200) << logged.text;
    EXPECT_EQ(logged.code(), "logged");
    EXPECT_EQ(logged["eventId"], "l1");
    EXPECT_TRUE(logged["position"].contains("offset"));
    // Whatever is appended later is folded later.
    EXPECT_EQ(server.post("/v1/track", usage(1))["usage"], 6);
    const Answer batch =
        server.post_text("/v1/events?ack=logged", Json::array({event("l2", 1)}).dump(), kBatch);
    EXPECT_EQ(batch["results"][0]["code"], "logged") << batch.text;
}

TEST_F(Events, EventsOfAnotherKindAreRefused) {
    EXPECT_EQ(server.post_text("/v1/events", "{}").status, 415);
    EXPECT_EQ(server.post_text("/v1/events", "{}").code(), "unsupported_content_type");
    EXPECT_EQ(server.post_text("/v1/events", "{", kSingle).code(), "event_malformed");
    EXPECT_EQ(server.post_text("/v1/events", "{}", kBatch).status, 400);
    EXPECT_EQ(server.post_text("/v1/events", "[]", kBatch).status, 400);
    Json foreign = event("f1", 1);
    foreign["organisation"] = "other";
    EXPECT_EQ(server.post_text("/v1/events", foreign.dump(), kSingle).status, 400);
    Json batch = Json::array();
    for (int i = 0; i < 1001; ++i) batch.push_back(event(std::to_string(i), 0));
    const Answer over = server.post_text("/v1/events", batch.dump(), kBatch);
    EXPECT_EQ(over.status, 413) << over.text;
    EXPECT_EQ(over.code(), "batch_too_large");
}

TEST(TestClock, NeverMovesToBeforeWhatIsRecorded) {
    ApiServer server;
    EXPECT_EQ(server.get("/v1/test/clock")["now"], "2026-03-20T12:00:00.000Z");
    EXPECT_EQ(server.post("/v1/test/clock", {{"now", "2026-04-01T00:00:00Z"}})["now"],
              "2026-04-01T00:00:00.000Z");
    for (const bool has_customers : {false, true}) {
        if (has_customers) {
            ASSERT_EQ(server.post("/v1/customers", {{"email", "ann@example.com"}}).status, 200);
        }
        const Answer back = server.post("/v1/test/clock", {{"now", "2026-01-01T00:00:00Z"}});
        EXPECT_EQ(back.status, 400);
        EXPECT_EQ(back.code(), "clock_backwards");
        EXPECT_EQ(server.get("/v1/test/clock")["now"], "2026-04-01T00:00:00.000Z");
    }
    EXPECT_EQ(server.post("/v1/test/clock", {{"now", "soon"}}).code(), "validation_error");
    EXPECT_EQ(server.post("/v1/test/clock", Json::object()).code(), "validation_error");
    EXPECT_EQ(server.post("/v1/test/clock", {{"now", "2026-05-01T00:00:00Z"}}).status, 200);
    EXPECT_EQ(server.post("/v1/customers", {{"email", "b@x.io"}})["createdAt"],
              "2026-05-01T00:00:00.000Z");
}

TEST(TestClock, IsNotThereOnTheSystemsClock) {
    ApiServer server(ApiServer::Clock::System);
    EXPECT_EQ(server.get("/v1/test/clock").code(), "manual_clock_off");
    const Answer set = server.post("/v1/test/clock", {{"now", "2026-02-01T00:00:00Z"}});
    EXPECT_EQ(set.status, 404);
    EXPECT_EQ(set.code(), "manual_clock_off");
}

}  // namespace
}  // namespace quipu::api::testing
