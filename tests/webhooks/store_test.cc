// The contract of the webhook store, on the one in RocksDB and the one in memory.
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "support/temporary_folder.h"
#include "webhooks/memory_webhook_store.h"
#include "webhooks/rocksdb_webhook_store.h"

namespace quipu::webhooks {
namespace {

enum class Kind : std::uint8_t { Memory, Rocksdb };

class WebhookStoreContract : public ::testing::TestWithParam<Kind> {
protected:
    void SetUp() override { open(); }
    void open() {
        store_.reset();
        if (GetParam() == Kind::Memory) {
            store_ = std::make_unique<MemoryWebhookStore>();
        } else {
            store_ = open_rocksdb_webhook_store(folder_.path("webhooks")).value();
        }
    }
    void put(const WebhookDelivery& delivery) {
        ASSERT_TRUE(store_->write({{delivery}, {}, {}}).has_value());
    }
    [[nodiscard]] std::vector<std::string> scanned(const std::string& endpoint) {
        std::vector<std::string> ids;
        EXPECT_TRUE(store_->scan(endpoint, [&](const DeliverySummary& each) {
            ids.push_back(each.id);
            return true;
        }));
        return ids;
    }
    [[nodiscard]] std::vector<std::string> scanned_back(const std::string& endpoint,
                                                        std::uint64_t before) {
        std::vector<std::string> ids;
        EXPECT_TRUE(store_->scan_back(endpoint, before, [&](const DeliverySummary& each) {
            ids.push_back(each.id);
            return true;
        }));
        return ids;
    }
    static WebhookDelivery delivery(const std::string& endpoint, std::uint64_t sequence) {
        WebhookDelivery delivery;
        delivery.id = "whd_" + endpoint + std::to_string(sequence);
        delivery.sequence = sequence;
        delivery.endpoint = endpoint;
        delivery.organisation = "org";
        delivery.notification = "ntf_1";
        delivery.type = "customer.created";
        delivery.body = std::string("{\"a\":\0 1}", 10);
        delivery.attempts = 3;
        delivery.step = 2;
        delivery.last_status = 500;
        delivery.last_error = "refused";
        delivery.created_at = {1};
        delivery.last_attempt_at = {2};
        delivery.next_attempt_at = {3};
        return delivery;
    }

    projections::TemporaryFolder folder_;
    std::unique_ptr<WebhookStore> store_;
};

TEST_P(WebhookStoreContract, ANewStoreIsEmpty) {
    EXPECT_EQ(store_->position().value(), std::nullopt);
    EXPECT_EQ(store_->find("whd_x").value(), std::nullopt);
    EXPECT_TRUE(scanned("").empty());
    EXPECT_TRUE(scanned_back("we_a", UINT64_MAX).empty());
}

TEST_P(WebhookStoreContract, ADeliveryIsFoundAsItWasPut) {
    const WebhookDelivery put_in = delivery("we_a", 7);
    put(put_in);
    EXPECT_EQ(store_->find(put_in.id).value(), put_in);
    WebhookDelivery changed = put_in;
    changed.status = DeliveryStatus::Delivered;
    changed.last_error = "";
    put(changed);
    EXPECT_EQ(store_->find(put_in.id).value(), changed);
    std::vector<DeliverySummary> summaries;
    ASSERT_TRUE(store_->scan("we_a", [&](const DeliverySummary& each) {
        summaries.push_back(each);
        return true;
    }));
    EXPECT_EQ(summaries, std::vector{summary_of(changed)});
}

TEST_P(WebhookStoreContract, EndpointsAreApartAndInOrder) {
    for (const std::uint64_t sequence : {300U, 1U, 255U, 256U}) {
        put(delivery("we_a", sequence));
        put(delivery("we_ab", sequence + 1000));
    }
    using Ids = std::vector<std::string>;
    EXPECT_EQ(scanned("we_a"), (Ids{"whd_we_a1", "whd_we_a255", "whd_we_a256", "whd_we_a300"}));
    EXPECT_EQ(scanned("").size(), 8U);
    EXPECT_EQ(scanned_back("we_a", 256), (Ids{"whd_we_a255", "whd_we_a1"}));
    EXPECT_EQ(scanned_back("we_a", UINT64_MAX).front(), "whd_we_a300");
    EXPECT_TRUE(scanned_back("we_a", 0).empty());
    EXPECT_TRUE(scanned("we_").empty());
}

TEST_P(WebhookStoreContract, AVisitEndsWhenItIsToldTo) {
    for (const std::uint64_t sequence : {1U, 2U, 3U}) put(delivery("we_a", sequence));
    int visited = 0;
    const auto two = [&](const DeliverySummary&) { return ++visited < 2; };
    ASSERT_TRUE(store_->scan("we_a", two));
    EXPECT_EQ(visited, 2);
    visited = 0;
    ASSERT_TRUE(store_->scan_back("we_a", UINT64_MAX, two));
    EXPECT_EQ(visited, 2);
}

TEST_P(WebhookStoreContract, WhatIsRemovedIsGoneFromBothOrders) {
    put(delivery("we_a", 1));
    put(delivery("we_a", 2));
    ASSERT_TRUE(store_->write({{}, {summary_of(delivery("we_a", 1))}, 42}));
    EXPECT_EQ(store_->find("whd_we_a1").value(), std::nullopt);
    EXPECT_EQ(scanned("we_a"), std::vector<std::string>{"whd_we_a2"});
    EXPECT_EQ(store_->position().value(), 42);
}

TEST_P(WebhookStoreContract, AWriteWithoutAPositionKeepsIt) {
    ASSERT_TRUE(store_->write({{}, {}, 42}));
    put(delivery("we_a", 1));
    EXPECT_EQ(store_->position().value(), 42);
}

TEST_P(WebhookStoreContract, EverythingIsThereAfterOpeningItAgain) {
    if (GetParam() == Kind::Memory) GTEST_SKIP() << "memory forgets";
    const WebhookDelivery put_in = delivery("we_a", 7);
    ASSERT_TRUE(store_->write({{put_in}, {}, 42}));
    open();
    EXPECT_EQ(store_->find(put_in.id).value(), put_in);
    EXPECT_EQ(store_->position().value(), 42);
}

TEST_P(WebhookStoreContract, AFolderInUseIsRefused) {
    if (GetParam() == Kind::Memory) GTEST_SKIP() << "memory has no folder";
    EXPECT_EQ(open_rocksdb_webhook_store(folder_.path("webhooks")).error().code,
              base::ErrorCode("state_unavailable"));
}

INSTANTIATE_TEST_SUITE_P(Stores, WebhookStoreContract,
                         ::testing::Values(Kind::Memory, Kind::Rocksdb), [](const auto& store) {
                             return store.param == Kind::Memory ? "Memory" : "Rocksdb";
                         });

TEST(WebhookDelivery, BytesThatAreCutOrLongerAreCorrupt) {
    WebhookDelivery delivery;
    delivery.id = "whd_1";
    const std::string bytes = encode_delivery(delivery);
    EXPECT_EQ(decode_delivery(bytes).value(), delivery);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_EQ(decode_delivery(bytes.substr(0, size)).error().code,
                  base::ErrorCode("state_corrupt"));
    EXPECT_EQ(decode_delivery(bytes + "x").error().code, base::ErrorCode("state_corrupt"));
}

}  // namespace
}  // namespace quipu::webhooks
