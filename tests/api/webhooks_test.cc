// Webhook endpoints and deliveries over HTTP.
#include <gtest/gtest.h>

#include "webhooks/webhook_fixture.h"

namespace quipu::api::testing {
namespace {

const char* const kPath = "/v1/webhook-endpoints";

std::string path_of(const std::string& endpoint, const std::string& rest = {}) {
    return std::string(kPath) + "/" + endpoint + rest;
}

TEST(ApiWebhooks, AnEndpointIsMadeShownChangedAndRemoved) {
    webhooks::testing::WebhookServer server;
    ApiServer& api = server.api();
    const Answer made = api.post(kPath, {{"url", "https://example.com/hooks"},
                                         {"description", "Billing"},
                                         {"types", {"customer.created"}}});
    ASSERT_EQ(made.status, 200) << made.text;
    const std::string id = made["endpoint"]["id"];
    const std::string secret = made["secret"];
    EXPECT_TRUE(id.starts_with("we_"));
    EXPECT_TRUE(secret.starts_with("whsec_"));
    const Json shown = {{"id", id},
                        {"url", "https://example.com/hooks"},
                        {"description", "Billing"},
                        {"types", {"customer.created"}},
                        {"enabled", true},
                        {"disabledReason", nullptr},
                        {"createdAt", "2026-03-20T12:00:00.000Z"},
                        {"updatedAt", "2026-03-20T12:00:00.000Z"}};
    EXPECT_EQ(made["endpoint"], shown);
    EXPECT_EQ(api.get(kPath)["endpoints"], Json::array({shown}));
    EXPECT_EQ(api.get(path_of(id)).body, Json({{"success", true}, {"endpoint", shown}}));
    EXPECT_EQ(api.get(path_of(id, "/secret")).body, Json({{"success", true}, {"secret", secret}}));
    EXPECT_EQ(api.get(kPath).text.find(secret), std::string::npos);

    api.set_clock("2026-03-20T12:30:00Z");
    const Answer changed =
        api.post(path_of(id),
                 {{"url", "https://example.org/"}, {"types", Json::array()}, {"enabled", false}});
    ASSERT_EQ(changed.status, 200) << changed.text;
    EXPECT_EQ(changed["endpoint"]["url"], "https://example.org/");
    EXPECT_EQ(changed["endpoint"]["description"], "Billing");
    EXPECT_EQ(changed["endpoint"]["types"], Json::array());
    EXPECT_EQ(changed["endpoint"]["enabled"], false);
    EXPECT_EQ(changed["endpoint"]["updatedAt"], "2026-03-20T12:30:00.000Z");
    EXPECT_EQ(changed.text.find("whsec_"), std::string::npos);
    EXPECT_EQ(api.post_text(path_of(id, "/test"), "").code(), "webhook_endpoint_disabled");

    EXPECT_EQ(api.post_text(path_of(id, "/remove"), "")["id"], id);
    EXPECT_EQ(api.get(kPath)["endpoints"], Json::array());
    for (const char* rest : {"", "/secret", "/deliveries"}) {
        EXPECT_EQ(api.get(path_of(id, rest)).status, 404);
        EXPECT_EQ(api.get(path_of(id, rest)).code(), "webhook_endpoint_not_found");
    }
    EXPECT_EQ(api.remove(path_of(id)).code(), "webhook_endpoint_not_found");
    EXPECT_EQ(api.remove(path_of(id)).status, 404);
}

TEST(ApiWebhooks, TheSameKeyMakesOneEndpoint) {
    webhooks::testing::WebhookServer server;
    const Json body = {{"url", "https://example.com/"}};
    const char* const key = "Idempotency-Key: make-it-once\r\n";
    const Answer first = server.api().post(kPath, body, key);
    const Answer again = server.api().post(kPath, body, key);
    ASSERT_EQ(again.status, 200) << again.text;
    EXPECT_EQ(again["endpoint"], first["endpoint"]);
    EXPECT_EQ(again["secret"], first["secret"]);
    EXPECT_EQ(again["duplicate"], true);
    EXPECT_EQ(server.api().get(kPath)["endpoints"].size(), 1U);
    EXPECT_EQ(server.api().post(kPath, {{"url", "https://example.org/"}}, key).code(),
              "idempotency_conflict");
}

TEST(ApiWebhooks, BadEndpointsAreRefusedWithAReason) {
    webhooks::testing::WebhookServer server;
    const auto code = [&](const Json& body) { return server.api().post(kPath, body).code(); };
    EXPECT_EQ(code(Json::object()), "validation_error");
    EXPECT_EQ(code({{"url", "example.com"}}), "webhook_url_invalid");
    EXPECT_EQ(code({{"url", "https://u:p@example.com/"}}), "webhook_url_invalid");
    EXPECT_EQ(code({{"url", "https://example.com/"}, {"types", {"Customer Created"}}}),
              "validation_error");
    EXPECT_EQ(code({{"url", "https://example.com/"}, {"types", {1}}}), "validation_error");
    EXPECT_EQ(code({{"url", "https://example.com/"}, {"types", "customer.created"}}),
              "validation_error");
    EXPECT_EQ(code({{"url", "https://example.com/"}, {"description", std::string(600, 'x')}}),
              "validation_error");
    EXPECT_EQ(
        code({{"url", "https://example.com/"}, {"types", Json(std::vector<std::string>(65, "a"))}}),
        "validation_error");
    EXPECT_EQ(server.api().get(kPath)["endpoints"], Json::array());
}

TEST(ApiWebhooks, AnOrganisationHasSixteenAtMost) {
    webhooks::testing::WebhookServer server;
    for (int i = 0; i < 16; ++i)
        (void)server.make_endpoint("https://example.com/" + std::to_string(i));
    const Answer refused = server.api().post(kPath, {{"url", "https://example.com/"}});
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code(), "invalid_request");
    server.api().add_organisation("other", "sk_other_organisation");
    server.api().use_key("sk_other_organisation");
    EXPECT_EQ(server.api().post(kPath, {{"url", "https://example.com/"}}).status, 200);
}

TEST(ApiWebhooks, OrganisationsDoNotSeeEachOthersEndpoints) {
    webhooks::testing::WebhookReceiver receiver;
    webhooks::testing::WebhookServer server;
    ApiServer& api = server.api();
    const std::string id = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    const Json delivered = server.await(id, "delivered", 1);
    ASSERT_EQ(delivered.size(), 1U);
    const std::string delivery = "/v1/webhook-deliveries/" + delivered[0]["id"].get<std::string>();
    ASSERT_EQ(api.get(delivery).status, 200);

    api.add_organisation("other", "sk_other_organisation");
    api.use_key("sk_other_organisation");
    EXPECT_EQ(api.get(kPath)["endpoints"], Json::array());
    for (const char* rest : {"", "/secret", "/deliveries"})
        EXPECT_EQ(api.get(path_of(id, rest)).status, 404) << rest;
    for (const char* rest : {"/remove", "/enable", "/rotate-secret", "/test"})
        EXPECT_EQ(api.post_text(path_of(id, rest), "").status, 404) << rest;
    EXPECT_EQ(api.post(path_of(id), {{"url", "https://example.com/"}}).status, 404);
    EXPECT_EQ(api.remove(path_of(id)).status, 404);
    EXPECT_EQ(api.get(delivery).code(), "webhook_delivery_not_found");
    EXPECT_EQ(api.post_text(delivery + "/replay", "").status, 404);
    api.use_key(kRootKey);
    EXPECT_EQ(api.get(path_of(id))["endpoint"]["enabled"], true);
    EXPECT_EQ(receiver.count(), 1U);
}

TEST(ApiWebhooks, ATestIsSentWhateverTypesAreWanted) {
    webhooks::testing::WebhookReceiver receiver;
    webhooks::testing::WebhookServer server;
    const std::string id = server.make_endpoint(receiver.url(), {"invoice.paid"});
    const Answer sent = server.api().post_text(path_of(id, "/test"), "");
    ASSERT_EQ(sent.status, 200) << sent.text;
    EXPECT_EQ(sent["delivery"]["status"], "pending");
    EXPECT_EQ(sent["delivery"]["type"], "webhook.test");
    const auto received = receiver.await(1);
    ASSERT_EQ(received.size(), 1U);
    EXPECT_EQ(received[0].id, sent["delivery"]["notification"]);
    EXPECT_EQ(Json::parse(received[0].body), sent["delivery"]["body"]);
    EXPECT_EQ(Json::parse(received[0].body)["data"], Json({{"endpoint", id}}));
}

TEST(ApiWebhooks, DeliveriesAreListedInPagesNewestFirst) {
    webhooks::testing::WebhookReceiver receiver;
    webhooks::testing::WebhookServer server;
    const std::string id = server.make_endpoint(receiver.url());
    for (int i = 0; i < 5; ++i) (void)server.api().post_text(path_of(id, "/test"), "");
    ASSERT_EQ(server.await(id, "delivered", 5).size(), 5U);
    std::vector<std::string> seen;
    std::string cursor;
    for (int page = 0; page < 5; ++page) {
        const Answer listed = server.api().get(path_of(id, "/deliveries?limit=2&cursor=" + cursor));
        for (const Json& each : listed["deliveries"]) seen.push_back(each["id"]);
        if (listed["nextCursor"].is_null()) break;
        cursor = listed["nextCursor"];
    }
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 5U);
    EXPECT_EQ(server.api().get(path_of(id, "/deliveries?status=failed"))["deliveries"],
              Json::array());
    for (const char* query : {"?status=lost", "?limit=0", "?limit=101", "?cursor=x", "?cursor=-1"})
        EXPECT_EQ(server.api().get(path_of(id, "/deliveries") + query).code(), "validation_error")
            << query;
}

TEST(ApiWebhooks, WithoutASenderEndpointsCanStillBeManaged) {
    ApiServer api;
    const Answer made = api.post(kPath, {{"url", "https://example.com/"}});
    ASSERT_EQ(made.status, 200);
    const std::string id = made["endpoint"]["id"];
    EXPECT_EQ(api.get(path_of(id, "/deliveries")).code(), "webhooks_off");
    EXPECT_EQ(api.get("/v1/webhook-deliveries/whd_1").code(), "webhooks_off");
}

}  // namespace
}  // namespace quipu::api::testing
