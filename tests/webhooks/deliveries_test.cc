// What is kept of deliveries, for how long, and how it is shown.
#include "webhooks/deliveries.h"

#include <gtest/gtest.h>

#include "webhooks/fake_webhooks.h"
#include "webhooks/memory_webhook_store.h"

namespace quipu::webhooks {
namespace {

using base::Instant;

bool nobody_is_busy(const DeliverySummary&) {
    return false;
}

std::vector<std::string> ids_of(const std::vector<DeliverySummary>& summaries) {
    std::vector<std::string> ids;
    for (const DeliverySummary& each : summaries) ids.push_back(each.id);
    return ids;
}

TEST(Deliveries, GoOnCountingWhereTheStoreEnded) {
    MemoryWebhookStore store;
    WebhookDelivery over = delivery_to("we_a", 7);
    over.status = DeliveryStatus::Delivered;
    ASSERT_TRUE(store.write({{delivery_to("we_a", 3), over}, {}, {}}).has_value());
    const WebhookOptions options;
    Deliveries deliveries(store, options);
    std::vector<std::string> pending;
    ASSERT_TRUE(deliveries.load([&](const DeliverySummary& each) { pending.push_back(each.id); }));
    EXPECT_EQ(pending, std::vector<std::string>{"whd_we_a3"});
    ledger::ControlState control;
    const WebhookDelivery made =
        deliveries.make(add_endpoint(control, "we_a"), {.id = "ntf_9"}, "{}", {5});
    EXPECT_EQ(made.sequence, 8U);
    EXPECT_EQ(made.notification, "ntf_9");
    EXPECT_EQ(made.next_attempt_at, Instant{5});
    EXPECT_FALSE(deliveries.find(made.id).value().has_value());  // not before it is kept
}

TEST(Deliveries, TheOldestThatIsNotBusyGoesWhenThereIsOneTooMany) {
    MemoryWebhookStore store;
    WebhookOptions options;
    options.max_deliveries_per_endpoint = 2;
    Deliveries deliveries(store, options);
    ASSERT_TRUE(
        deliveries
            .keep(
                {{delivery_to("we_a", 1), delivery_to("we_a", 2), delivery_to("we_b", 3)}, {}, {}},
                nobody_is_busy)
            .has_value());
    const auto is_first = [](const DeliverySummary& each) { return each.sequence == 1; };
    const auto dropped = deliveries.keep({{delivery_to("we_a", 4)}, {}, 9}, is_first);
    ASSERT_TRUE(dropped.has_value());
    EXPECT_EQ(ids_of(*dropped), std::vector<std::string>{"whd_we_a2"});
    EXPECT_TRUE(store.find("whd_we_a1").value().has_value());
    EXPECT_FALSE(store.find("whd_we_a2").value().has_value());
    EXPECT_TRUE(store.find("whd_we_b3").value().has_value());
    EXPECT_EQ(store.position().value(), 9);
}

TEST(Deliveries, WhatIsOldIsForgottenUnlessItIsPending) {
    MemoryWebhookStore store;
    WebhookOptions options;
    options.keep_micros = 100;
    Deliveries deliveries(store, options);
    WebhookDelivery over = delivery_to("we_a", 1);
    over.status = DeliveryStatus::Failed;
    WebhookDelivery young = delivery_to("we_a", 3);
    young.status = DeliveryStatus::Delivered;
    young.created_at = {50};
    ASSERT_TRUE(deliveries.keep({{over, delivery_to("we_a", 2), young}, {}, {}}, nobody_is_busy)
                    .has_value());
    EXPECT_EQ(deliveries.forget_old({150}), false);
    EXPECT_FALSE(store.find(over.id).value().has_value());
    EXPECT_TRUE(store.find("whd_we_a2").value().has_value());
    EXPECT_TRUE(store.find(young.id).value().has_value());
}

TEST(Deliveries, SomeOfManyOldOnesAreForgottenAtATime) {
    MemoryWebhookStore store;
    WebhookOptions options;
    Deliveries deliveries(store, options);
    DeliveryWrites writes;
    for (std::uint64_t i = 1; i <= 1500; ++i) {
        writes.put.push_back(delivery_to("we_a", i));
        writes.put.back().status = DeliveryStatus::Delivered;
    }
    ASSERT_TRUE(deliveries.keep(std::move(writes), nobody_is_busy).has_value());
    const Instant later{options.keep_micros + 1};
    EXPECT_EQ(deliveries.forget_old(later), true);
    EXPECT_EQ(deliveries.forget_old(later), false);
    EXPECT_TRUE(deliveries.list({.endpoint = "we_a"}).value().deliveries.empty());
}

TEST(Deliveries, ArePagedNewestFirst) {
    MemoryWebhookStore store;
    const WebhookOptions options;
    Deliveries deliveries(store, options);
    DeliveryWrites writes;
    for (std::uint64_t i = 1; i <= 5; ++i) {
        writes.put.push_back(delivery_to("we_a", i));
        if (i % 2 == 0) writes.put.back().status = DeliveryStatus::Failed;
    }
    ASSERT_TRUE(deliveries.keep(std::move(writes), nobody_is_busy).has_value());
    const auto first = deliveries.list({.endpoint = "we_a", .limit = 2});
    ASSERT_TRUE(first.has_value());
    ASSERT_EQ(first->deliveries.size(), 2U);
    EXPECT_EQ(first->deliveries[0].sequence, 5U);
    EXPECT_EQ(first->deliveries[1].sequence, 4U);
    ASSERT_TRUE(first->next.has_value());
    const auto rest = deliveries.list({.endpoint = "we_a", .before = *first->next});
    ASSERT_EQ(rest->deliveries.size(), 3U);
    EXPECT_FALSE(rest->next.has_value());
    const auto failed = deliveries.list({.endpoint = "we_a", .status = DeliveryStatus::Failed});
    EXPECT_EQ(failed->deliveries.size(), 2U);
}

}  // namespace
}  // namespace quipu::webhooks
