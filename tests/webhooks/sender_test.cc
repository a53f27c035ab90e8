// Notifications on their way to real receivers: taken, refused, gone, slow, away.
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "support/eventually.h"
#include "webhooks/signature.h"
#include "webhooks/webhook_fixture.h"

namespace quipu::webhooks::testing {
namespace {

using std::chrono::milliseconds;

std::string signature_of(const ReceivedWebhook& webhook, const std::string& secret) {
    return sign_webhook(secret, webhook.id, std::stoll(webhook.timestamp), webhook.body);
}

std::string secret_of(WebhookServer& server, const std::string& endpoint) {
    return server.api().get("/v1/webhook-endpoints/" + endpoint + "/secret")["secret"];
}

TEST(WebhookSender, ACustomerIsToldOfSignedAndOnce) {
    WebhookReceiver receiver;
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url("/in?a=b"));
    server.make_customer("acme");
    const auto received = receiver.await(1);
    ASSERT_EQ(received.size(), 1U);
    const ReceivedWebhook& webhook = received.front();
    EXPECT_EQ(webhook.path, "/in");
    EXPECT_EQ(webhook.content_type, "application/json");
    EXPECT_TRUE(webhook.id.starts_with("ntf_")) << webhook.id;
    EXPECT_EQ(webhook.id.find('.'), std::string::npos);
    EXPECT_LT(std::abs(std::stoll(webhook.timestamp) - std::time(nullptr)), 60);
    EXPECT_EQ(webhook.signature, signature_of(webhook, secret_of(server, endpoint)));

    const api::testing::Json body = api::testing::Json::parse(webhook.body);
    EXPECT_EQ(body["id"], webhook.id);
    EXPECT_EQ(body["type"], "customer.created");
    EXPECT_EQ(body["timestamp"], "2026-03-20T12:00:00.000Z");
    EXPECT_EQ(body["organisation"], "default");
    const api::testing::Json customer = server.api().get("/v1/customers/acme").body;
    const api::testing::Json data = {{"customer", customer["id"]},
                                     {"externalId", "acme"},
                                     {"email", "acme@example.com"},
                                     {"name", "acme"}};
    EXPECT_EQ(body["data"], data);

    const api::testing::Json delivered = server.await(endpoint, "delivered", 1);
    ASSERT_EQ(delivered.size(), 1U);
    EXPECT_EQ(delivered[0]["attempts"], 1);
    EXPECT_EQ(delivered[0]["lastStatusCode"], 200);
    EXPECT_EQ(delivered[0]["lastError"], nullptr);
    EXPECT_EQ(delivered[0]["nextAttemptAt"], nullptr);
    EXPECT_EQ(delivered[0]["notification"], webhook.id);

    // What follows on the topic is sent, and then nothing waits any more.
    server.make_customer("later");
    ASSERT_EQ(receiver.await(2).size(), 2U);
    EXPECT_TRUE(server.comes_to_rest());
    ASSERT_EQ(receiver.count(), 2U);
    EXPECT_NE(receiver.await(2)[1].id, webhook.id);
}

TEST(WebhookSender, AChangedCustomerIsToldOfAndAnUnchangedOneIsNot) {
    WebhookReceiver receiver;
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    server.make_customer("acme");
    ASSERT_EQ(server.api()
                  .post("/v1/customers",
                        {{"id", "acme"}, {"email", "acme@example.com"}, {"name", "Acme Inc"}})
                  .status,
              200);
    const auto received = receiver.await(2);
    ASSERT_EQ(received.size(), 2U);
    std::set<std::string> types;
    for (const ReceivedWebhook& each : received)
        types.insert(api::testing::Json::parse(each.body)["type"]);
    EXPECT_EQ(types, (std::set<std::string>{"customer.created", "customer.updated"}));
    EXPECT_NE(received[0].id, received[1].id);
}

TEST(WebhookSender, WhatIsRefusedIsSentAgainUnchangedUntilItIsTaken) {
    WebhookReceiver receiver;
    receiver.answer_with({500, 503, 404});
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    const auto received = receiver.await(4);
    ASSERT_EQ(received.size(), 4U);
    for (const ReceivedWebhook& each : received) {
        EXPECT_EQ(each.id, received[0].id);
        EXPECT_EQ(each.body, received[0].body);
        EXPECT_EQ(each.signature, signature_of(each, secret_of(server, endpoint)));
    }
    const api::testing::Json delivered = server.await(endpoint, "delivered", 1);
    ASSERT_EQ(delivered.size(), 1U);
    EXPECT_EQ(delivered[0]["attempts"], 4);
}

TEST(WebhookSender, AfterTheWholeScheduleADeliveryHasFailed) {
    WebhookReceiver receiver;
    receiver.answer_with(std::vector<int>(50, 500));
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    const api::testing::Json failed = server.await(endpoint, "failed", 1);
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_EQ(failed[0]["attempts"], 5);
    EXPECT_EQ(failed[0]["lastStatusCode"], 500);
    EXPECT_EQ(failed[0]["lastError"], "refused");
    EXPECT_EQ(failed[0]["nextAttemptAt"], nullptr);
    EXPECT_TRUE(server.comes_to_rest());
    EXPECT_EQ(receiver.count(), 5U);
}

TEST(WebhookSender, AReplayBeginsTheScheduleAnew) {
    WebhookReceiver receiver;
    receiver.answer_with(std::vector<int>(6, 500));  // five of the first schedule, one of the next
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    const api::testing::Json failed = server.await(endpoint, "failed", 1);
    ASSERT_EQ(failed.size(), 1U);
    const std::string path = "/v1/webhook-deliveries/" + failed[0]["id"].get<std::string>();
    const api::testing::Answer replayed = server.api().post_text(path + "/replay", "");
    ASSERT_EQ(replayed.status, 200) << replayed.text;
    EXPECT_EQ(replayed["delivery"]["status"], "pending");
    const api::testing::Json delivered = server.await(endpoint, "delivered", 1);
    ASSERT_EQ(delivered.size(), 1U);
    EXPECT_EQ(delivered[0]["id"], failed[0]["id"]);
    EXPECT_EQ(delivered[0]["attempts"], 7);
    // What was taken may be sent again too, as it was.
    ASSERT_EQ(server.api().post_text(path + "/replay", "").status, 200);
    const auto received = receiver.await(8);
    ASSERT_EQ(received.size(), 8U);
    EXPECT_EQ(received[7].id, received[0].id);
    EXPECT_EQ(received[7].body, received[0].body);
}

TEST(WebhookSender, AnEndpointThatIsGoneIsDisabledAndHearsNoMore) {
    WebhookReceiver receiver;
    WebhookReceiver witness;
    receiver.answer_with({410});
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    static_cast<void>(server.make_endpoint(witness.url()));
    server.make_customer("acme");
    const api::testing::Json gone = server.await_enabled(endpoint, false);
    EXPECT_EQ(gone["enabled"], false);
    EXPECT_EQ(gone["disabledReason"], "gone");
    const api::testing::Json failed = server.await(endpoint, "failed", 1);
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_EQ(failed[0]["lastStatusCode"], 410);
    const std::string path = "/v1/webhook-deliveries/" + failed[0]["id"].get<std::string>();
    EXPECT_EQ(server.api().post_text(path + "/replay", "").code(), "webhook_endpoint_disabled");
    server.make_customer("other");
    // Who hears of a notification is decided for all endpoints at once.
    ASSERT_EQ(witness.await(2).size(), 2U);
    EXPECT_TRUE(server.comes_to_rest());
    EXPECT_EQ(server.await(endpoint, "", 1).size(), 1U);
    EXPECT_EQ(receiver.count(), 1U);

    const api::testing::Answer enabled =
        server.api().post_text("/v1/webhook-endpoints/" + endpoint + "/enable", "");
    EXPECT_EQ(enabled["endpoint"]["enabled"], true);
    EXPECT_EQ(enabled["endpoint"]["disabledReason"], nullptr);
    server.make_customer("third");
    EXPECT_EQ(receiver.await(2).size(), 2U);
}

TEST(WebhookSender, ASlowEndpointHoldsUpNobodyButItself) {
    WebhookReceiver slow;
    WebhookReceiver quick;
    slow.hold(true);
    WebhookServer server;
    const std::string slow_endpoint = server.make_endpoint(slow.url());
    const std::string quick_endpoint = server.make_endpoint(quick.url());
    for (int i = 0; i < 20; ++i) server.make_customer("c" + std::to_string(i));
    EXPECT_EQ(quick.await(20).size(), 20U);
    EXPECT_EQ(slow.await(4).size(), 4U);
    EXPECT_EQ(slow.most_held(), quick_webhooks().max_in_flight_per_endpoint);
    slow.hold(false);
    EXPECT_EQ(slow.await(20).size(), 20U);
    EXPECT_EQ(server.await(slow_endpoint, "delivered", 20).size(), 20U);
}

TEST(WebhookSender, AnAnswerThatDoesNotComeIsAFailure) {
    WebhookReceiver receiver;
    receiver.hold(true);
    WebhookOptions options = quick_webhooks();
    options.timeout = milliseconds(100);
    options.delays = {milliseconds(10)};
    WebhookServer server(options);
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    const api::testing::Json failed = server.await(endpoint, "failed", 1);
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_EQ(failed[0]["lastError"], "timed_out");
    EXPECT_EQ(failed[0]["lastStatusCode"], nullptr);
    EXPECT_EQ(failed[0]["attempts"], 2);
}

TEST(WebhookSender, ARedirectIsAFailureAndIsNotFollowed) {
    WebhookReceiver elsewhere;
    WebhookReceiver receiver;
    receiver.answer_with(std::vector<int>(5, 302));
    receiver.redirect_to(elsewhere.url());
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    const api::testing::Json failed = server.await(endpoint, "failed", 1);
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_EQ(failed[0]["lastStatusCode"], 302);
    EXPECT_EQ(failed[0]["lastError"], "redirected");
    EXPECT_EQ(elsewhere.count(), 0U);
}

TEST(WebhookSender, ADeadEndpointFailsAndALivingOneBesideItHears) {
    WebhookReceiver receiver;
    WebhookServer server;
    const std::string dead =
        server.make_endpoint("http://127.0.0.1:" + std::to_string(closed_port()) + "/");
    const std::string living = server.make_endpoint(receiver.url());
    for (int i = 0; i < 5; ++i) server.make_customer("c" + std::to_string(i));
    EXPECT_EQ(receiver.await(5).size(), 5U);
    const api::testing::Json failed = server.await(dead, "failed", 5);
    ASSERT_EQ(failed.size(), 5U);
    EXPECT_EQ(failed[0]["lastError"], "connection_failed");
    EXPECT_EQ(server.await(living, "delivered", 5).size(), 5U);
}

TEST(WebhookSender, PrivateAddressesAreNotConnectedTo) {
    WebhookReceiver receiver;
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.stop_sender();
    server.make_customer("acme");
    WebhookOptions strict = quick_webhooks();
    strict.allow_private = false;
    server.set_options(strict);
    server.start_sender();
    const api::testing::Json failed = server.await(endpoint, "failed", 1);
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_EQ(failed[0]["lastError"], "endpoint_invalid");
    const api::testing::Answer refused =
        server.api().post("/v1/webhook-endpoints", {{"url", "https://127.0.0.1/"}});
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code(), "webhook_url_forbidden");
    EXPECT_EQ(receiver.count(), 0U);
}

// A name that passes the check at creation and leads home: the connection is what is judged.
TEST(WebhookSender, ANameThatResolvesToAPrivateAddressIsNotConnectedTo) {
    WebhookReceiver receiver;
    WebhookOptions strict = quick_webhooks();
    strict.allow_private = false;
    http::EngineLoop loop;
    HttpWebhookTransport transport(loop, strict);
    std::string url = receiver.url();
    url.replace(url.find("127.0.0.1"), 9, "localhost");
    std::string code;
    transport.post({url, {}, "{}"}, [&](const base::Result<WebhookResponse>& response) {
        code = response ? "answered" : std::string(response.error().code.text());
        loop.stop();
    });
    loop.run();
    EXPECT_EQ(code, "address_forbidden");
    EXPECT_EQ(receiver.count(), 0U);
}

TEST(WebhookSender, RetryAfterIsHonoured) {
    WebhookReceiver receiver;
    receiver.answer_with({429});
    receiver.retry_after(1);
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    const auto received = receiver.await(2);
    ASSERT_EQ(received.size(), 2U);
    // The schedule alone would have tried after 20 ms.
    EXPECT_GE(received[1].at - received[0].at, milliseconds(990));
    EXPECT_EQ(server.await(endpoint, "delivered", 1).size(), 1U);
}

TEST(WebhookSender, OnlyTheTypesThatAreWantedAreSent) {
    WebhookReceiver receiver;
    WebhookServer server;
    const std::string all = server.make_endpoint(receiver.url("/all"));
    const std::string some = server.make_endpoint(receiver.url("/some"), {"customer.updated"});
    const std::string none = server.make_endpoint(receiver.url("/none"), {"invoice.paid"});
    server.make_customer("acme");
    ASSERT_EQ(server.api()
                  .post("/v1/customers",
                        {{"id", "acme"}, {"email", "acme@example.com"}, {"name", "Acme Inc"}})
                  .status,
              200);
    EXPECT_EQ(server.await(all, "delivered", 2).size(), 2U);
    const api::testing::Json one = server.await(some, "delivered", 1);
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0]["type"], "customer.updated");
    EXPECT_TRUE(server.await(none, "", 0).empty());
    EXPECT_EQ(receiver.count(), 3U);
}

TEST(WebhookSender, OrganisationsHearOnlyOfTheirOwn) {
    WebhookReceiver receiver;
    WebhookServer server;
    server.api().add_organisation("other", "sk_other_organisation");
    const std::string ours = server.make_endpoint(receiver.url("/ours"));
    server.api().use_key("sk_other_organisation");
    const std::string theirs = server.make_endpoint(receiver.url("/theirs"));
    server.make_customer("acme");
    ASSERT_EQ(server.await(theirs, "delivered", 1).size(), 1U);
    server.api().use_key(api::testing::kRootKey);
    EXPECT_TRUE(server.await(ours, "", 0).empty());
    ASSERT_EQ(receiver.count(), 1U);
    EXPECT_EQ(receiver.await(1)[0].path, "/theirs");
    EXPECT_EQ(api::testing::Json::parse(receiver.await(1)[0].body)["organisation"], "other");
}

TEST(WebhookSender, AnOldSecretSignsForADayMore) {
    WebhookReceiver receiver;
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    const std::string old_secret = secret_of(server, endpoint);
    const api::testing::Answer rotated =
        server.api().post_text("/v1/webhook-endpoints/" + endpoint + "/rotate-secret", "");
    ASSERT_EQ(rotated.status, 200) << rotated.text;
    const std::string new_secret = rotated["secret"];
    EXPECT_NE(new_secret, old_secret);
    EXPECT_EQ(secret_of(server, endpoint), new_secret);
    server.make_customer("acme");
    ASSERT_EQ(receiver.await(1).size(), 1U);
    const ReceivedWebhook first = receiver.await(1)[0];
    EXPECT_EQ(first.signature,
              signature_of(first, new_secret) + " " + signature_of(first, old_secret));
    server.api().set_clock("2026-03-21T12:00:01Z");
    server.make_customer("later");
    ASSERT_EQ(receiver.await(2).size(), 2U);
    const ReceivedWebhook second = receiver.await(2)[1];
    EXPECT_EQ(second.signature, signature_of(second, new_secret));
}

TEST(WebhookSender, WhatWaitsForARemovedEndpointIsGivenUp) {
    WebhookReceiver receiver;
    receiver.answer_with({500});
    WebhookOptions options = quick_webhooks();
    options.delays = {milliseconds(300)};
    WebhookServer server(options);
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    ASSERT_EQ(receiver.await(1).size(), 1U);
    const api::testing::Json pending = server.await(endpoint, "pending", 1);
    ASSERT_EQ(pending.size(), 1U);
    ASSERT_EQ(server.api().remove("/v1/webhook-endpoints/" + endpoint).status, 200);
    const std::string path = "/v1/webhook-deliveries/" + pending[0]["id"].get<std::string>();
    api::testing::Json delivery;
    EXPECT_TRUE(quipu::testing::eventually([&] {
        delivery = server.api().get(path)["delivery"];
        return delivery["status"] == "failed";
    }));
    EXPECT_EQ(delivery["lastError"], "endpoint_deleted");
    EXPECT_EQ(receiver.count(), 1U);
    EXPECT_EQ(server.api().post_text(path + "/replay", "").code(), "webhook_endpoint_not_found");
}

}  // namespace
}  // namespace quipu::webhooks::testing
