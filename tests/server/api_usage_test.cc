// check and track over HTTP: shapes, sentences, statuses, idempotency.
#include <gtest/gtest.h>

#include "server/api_fixture.h"

namespace quipu::server::testing {
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

}  // namespace
}  // namespace quipu::server::testing
