// Webhooks of the real program: through kills, on both logs.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "e2e/clients.h"
#include "e2e/ledger_test.h"
#include "webhooks/webhook_receiver.h"

namespace quipu::e2e {
namespace {

using webhooks::testing::ReceivedWebhook;
using webhooks::testing::WebhookReceiver;

class Webhooks : public LedgerTest {
protected:
    [[nodiscard]] std::unique_ptr<ServerProcess> make() {
        ServerSettings settings;
        settings.arguments = {"--allow-private-webhooks", "--webhook-retries",
                              "0.05,0.1,0.2,0.5,1,1,2,2,2"};
        return make_server("ledger", settings);
    }
    static std::string endpoint_at(ApiClient& api, const std::string& url) {
        const Answer made = api.post("/v1/webhook-endpoints", {{"url", url}});
        EXPECT_EQ(made.status, 200) << made.body;
        return made.body["endpoint"]["id"];
    }
    static std::set<std::string> ids_of(const std::vector<ReceivedWebhook>& received) {
        std::set<std::string> ids;
        for (const ReceivedWebhook& each : received) ids.insert(each.id);
        return ids;
    }
};
QUIPU_ON_BOTH_LOGS(Webhooks);

TEST_P(Webhooks, AKillLosesNoneAndGivesNoneAnotherId) {
    constexpr int kRounds = 4;
    constexpr int kCustomers = 10;
    WebhookReceiver receiver;
    const auto server = make();
    server->start();
    ApiClient api(*server);
    const std::string endpoint = endpoint_at(api, receiver.url());
    for (int round = 0; round < kRounds; ++round) {
        receiver.hold(true);
        const std::size_t before = receiver.count();
        for (int i = 0; i < kCustomers; ++i)
            api.customer("c" + std::to_string(round) + "-" + std::to_string(i));
        // Every second kill comes before anything may have been sent, the others while some is.
        if (round % 2 == 1) {
            ASSERT_GT(receiver.await(before + 1).size(), before);
        }
        server->kill();
        receiver.hold(false);
        server->start();
    }
    std::set<std::string> ids;
    EXPECT_TRUE(eventually([&] {
        ids = ids_of(receiver.await(0));
        return ids.size() >= kRounds * kCustomers;
    }));
    EXPECT_EQ(ids.size(), std::size_t{kRounds * kCustomers});
    std::set<std::string> customers;
    for (const ReceivedWebhook& each : receiver.await(0))
        customers.insert(Json::parse(each.body)["data"]["externalId"]);
    EXPECT_EQ(customers.size(), std::size_t{kRounds * kCustomers});
}

TEST_P(Webhooks, EndpointsAreAsTheyWereAfterAKillAndInAReplay) {
    const auto server = make();
    server->start();
    ApiClient api(*server);
    const std::string stays = endpoint_at(api, "https://example.com/stays");
    const std::string goes = endpoint_at(api, "https://example.com/goes");
    ASSERT_EQ(api.post("/v1/webhook-endpoints/" + stays, {{"enabled", false}}).status, 200);
    const Json secret = api.get("/v1/webhook-endpoints/" + stays + "/secret").body;
    ASSERT_EQ(api.post("/v1/webhook-endpoints/" + goes + "/remove", Json::object()).status, 200);
    const Json before = api.get("/v1/webhook-endpoints").body;
    ASSERT_EQ(before["endpoints"].size(), 1U) << before;
    server->kill();
    server->start();
    EXPECT_EQ(api.get("/v1/webhook-endpoints").body, before);
    EXPECT_EQ(api.get("/v1/webhook-endpoints/" + stays + "/secret").body, secret);
    EXPECT_EQ(replayed_digest(*server, folder() / "replayed"), digest(*server));
}

}  // namespace
}  // namespace quipu::e2e
