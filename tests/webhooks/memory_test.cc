// What the sender of webhooks remembers: across restarts, without its store, and for how long.
#include <gtest/gtest.h>

#include <chrono>
#include <map>

#include "support/eventually.h"
#include "webhooks/webhook_fixture.h"

namespace quipu::webhooks::testing {
namespace {

TEST(WebhookMemory, ARestartInTheMiddleLosesNothing) {
    WebhookReceiver receiver;
    receiver.hold(true);
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    for (int i = 0; i < 6; ++i) server.make_customer("before" + std::to_string(i));
    ASSERT_EQ(receiver.await(4).size(), 4U);  // under way, none answered
    server.stop_sender();
    for (int i = 0; i < 6; ++i) server.make_customer("during" + std::to_string(i));
    receiver.hold(false);
    server.start_sender();
    server.make_customer("after");
    EXPECT_EQ(server.await(endpoint, "delivered", 13).size(), 13U);
    std::map<std::string, std::string> bodies;
    for (const ReceivedWebhook& each : receiver.await(17)) {
        const auto [known, fresh] = bodies.emplace(each.id, each.body);
        EXPECT_EQ(known->second, each.body);
    }
    EXPECT_EQ(bodies.size(), 13U);
}

TEST(WebhookMemory, WhatIsOnTheTopicTwiceIsSentOnce) {
    WebhookReceiver receiver;
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    ASSERT_EQ(server.await(endpoint, "delivered", 1).size(), 1U);
    constexpr ledger::Partition kNotifications{ledger::Topic::Notifications, 0};
    std::vector<ledger::StoredRecord> records;
    ASSERT_EQ(server.api().log().read(kNotifications, 0).value()->poll(1, records).value(), 1U);
    const ledger::NewRecord again{records[0].key, records[0].value, records[0].headers};
    server.api().log().append({{kNotifications, again, {}}, {kNotifications, again, {}}});
    server.make_customer("next");
    EXPECT_EQ(receiver.await(2).size(), 2U);
    EXPECT_EQ(server.await(endpoint, "", 2).size(), 2U);
    EXPECT_NE(receiver.await(2)[0].id, receiver.await(2)[1].id);
}

TEST(WebhookMemory, ThePositionOnTheTopicIsKept) {
    WebhookReceiver receiver;
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    for (const char* name : {"a", "b", "c"}) server.make_customer(name);
    ASSERT_EQ(server.await(endpoint, "delivered", 3).size(), 3U);
    server.stop_sender();
    EXPECT_EQ(server.store().position().value(), 3);
    server.start_sender();
}

TEST(WebhookMemory, ALostStoreSendsWhatIsRecentAgainWithTheSameIds) {
    WebhookReceiver receiver;
    WebhookServer server;
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("acme");
    ASSERT_EQ(server.await(endpoint, "delivered", 1).size(), 1U);
    server.stop_sender();
    server.lose_store();
    server.start_sender();
    const auto received = receiver.await(2);
    ASSERT_EQ(received.size(), 2U);
    EXPECT_EQ(received[0].id, received[1].id);
    EXPECT_EQ(received[0].body, received[1].body);
    // Days later nobody wants to hear of it.
    server.stop_sender();
    server.lose_store();
    server.api().set_clock("2026-03-24T12:00:01Z");
    server.start_sender();
    server.make_customer("later");
    ASSERT_EQ(server.await(endpoint, "delivered", 1).size(), 1U);
    EXPECT_EQ(receiver.count(), 3U);
    EXPECT_NE(receiver.await(3)[2].id, received[0].id);
}

TEST(WebhookMemory, AnEndpointHearsNothingOfTheTimeBeforeIt) {
    WebhookReceiver receiver;
    WebhookServer server;
    server.make_customer("acme");
    server.api().set_clock("2026-03-20T13:00:00Z");
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.stop_sender();
    server.lose_store();
    server.start_sender();
    server.make_customer("later");
    const api::testing::Json delivered = server.await(endpoint, "delivered", 1);
    EXPECT_EQ(delivered.size(), 1U);
    EXPECT_EQ(receiver.count(), 1U);
}

TEST(WebhookMemory, TheOldestDeliveriesGoWhenThereAreTooMany) {
    WebhookReceiver receiver;
    WebhookOptions options = quick_webhooks();
    options.max_deliveries_per_endpoint = 3;
    WebhookServer server(options);
    const std::string endpoint = server.make_endpoint(receiver.url());
    for (int i = 0; i < 8; ++i) {
        server.make_customer("c" + std::to_string(i));
        ASSERT_EQ(receiver.await(static_cast<std::size_t>(i) + 1).size(),
                  static_cast<std::size_t>(i) + 1);
    }
    const std::string last = receiver.await(8)[7].id;
    const api::testing::Json kept = server.await(endpoint, "", 3);
    ASSERT_EQ(kept.size(), 3U);
    EXPECT_EQ(kept[0]["notification"], last);
}

TEST(WebhookMemory, OldDeliveriesAreForgottenAndPendingOnesAreNot) {
    WebhookReceiver receiver;
    WebhookOptions options = quick_webhooks();
    options.delays = {std::chrono::hours(1)};
    WebhookServer server(options);
    const std::string endpoint = server.make_endpoint(receiver.url());
    server.make_customer("taken");
    ASSERT_EQ(server.await(endpoint, "delivered", 1).size(), 1U);
    receiver.answer_with({500});
    server.make_customer("refused");
    ASSERT_EQ(receiver.await(2).size(), 2U);
    // Its refusal has been written down: a sender that stops before would ask again.
    ASSERT_TRUE(quipu::testing::eventually(
        [&] { return server.await(endpoint, "pending", 1)[0]["attempts"] == 1; }));
    server.stop_sender();
    options.keep_micros = 1;
    server.set_options(options);
    server.start_sender();
    const api::testing::Json left = server.await(endpoint, "", 1);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0]["status"], "pending");
}

}  // namespace
}  // namespace quipu::webhooks::testing
