// From the topic of notifications to new deliveries: who gets what, and what is read again.
#include "webhooks/intake.h"

#include <gtest/gtest.h>

#include "engine/clocks.h"
#include "ledger/codec/notification_codec.h"
#include "ledger/log/memory_log.h"
#include "webhooks/fake_webhooks.h"
#include "webhooks/memory_webhook_store.h"

namespace quipu::webhooks {
namespace {

using base::Instant;

constexpr ledger::Partition kNotifications{ledger::Topic::Notifications, 0};
constexpr Instant kNow{100 * base::kMicrosPerDay};

ledger::Notification notification(const std::string& id, const std::string& organisation = "org") {
    return {.id = id,
            .organisation = organisation,
            .customer = "cus_1",
            .type = "customer.created",
            .at = kNow,
            .facts = {}};
}

TEST(WebhookRecipients, AreThoseOfTheOrganisationThatWantTheTypeAndWereThere) {
    ledger::ControlState control;
    add_endpoint(control, "we_all");
    add_endpoint(control, "we_some").types = {"customer.created"};
    add_endpoint(control, "we_other_type").types = {"invoice.paid"};
    add_endpoint(control, "we_off").enabled = false;
    add_endpoint(control, "we_theirs", "other");
    add_endpoint(control, "we_late").created_at = {kNow.micros + 6 * base::kMicrosPerSecond};
    add_endpoint(control, "we_just").created_at = {kNow.micros + 5 * base::kMicrosPerSecond};
    std::vector<std::string> ids;
    for (const auto* endpoint : recipients_of(control, notification("ntf_1")))
        ids.push_back(endpoint->id);
    EXPECT_EQ(ids, (std::vector<std::string>{"we_all", "we_just", "we_some"}));
}

class WebhookIntake : public ::testing::Test {
protected:
    void append(const std::string& value) {
        log_.append({{kNotifications, {"key", value, {}}, {}}});
    }
    void append(const ledger::Notification& told) { append(ledger::encode_notification(told)); }
    void start(ledger::Offset from = 0) { intake_.start(from); }
    void await_kept(std::size_t count) {
        awaited_ = count;
        loop_.run();
    }
    [[nodiscard]] base::Result<void> keep(DeliveryWrites writes) {
        if (failures_ > 0) {
            --failures_;
            return base::fail("state_unavailable", "The disk is full.");
        }
        kept_.push_back(writes);
        if (kept_.size() == awaited_) loop_.stop();
        return store_.write(writes);
    }

    http::EngineLoop loop_;
    engine::ManualClock clock_{kNow};
    ledger::MemoryLog log_{1, clock_};
    ledger::ControlState control_;
    MemoryWebhookStore store_;
    const WebhookOptions options_;
    Deliveries deliveries_{store_, options_};
    int failures_ = 0;
    std::size_t awaited_ = 0;
    std::vector<DeliveryWrites> kept_;
    NotificationIntake intake_{
        loop_, control_, log_, clock_, deliveries_, options_, [this](DeliveryWrites writes) {
            return keep(std::move(writes));
        }};
};

TEST_F(WebhookIntake, EachRecipientGetsADeliveryWithThePositionBehindIt) {
    add_endpoint(control_, "we_a");
    add_endpoint(control_, "we_b");
    append(notification("ntf_1"));
    append(notification("ntf_2", "other"));
    start();
    ASSERT_EQ(kept_.size(), 1U);
    ASSERT_EQ(kept_[0].put.size(), 2U);
    EXPECT_EQ(kept_[0].put[0].endpoint, "we_a");
    EXPECT_EQ(kept_[0].put[1].endpoint, "we_b");
    EXPECT_EQ(kept_[0].put[0].notification, "ntf_1");
    EXPECT_EQ(kept_[0].put[0].body, kept_[0].put[1].body);
    EXPECT_LT(kept_[0].put[0].sequence, kept_[0].put[1].sequence);
    EXPECT_EQ(kept_[0].position, 2);
}

TEST_F(WebhookIntake, ANotificationThatStandsThereTwiceIsOneDelivery) {
    add_endpoint(control_, "we_a");
    append(notification("ntf_1"));
    append(notification("ntf_1"));
    start();
    ASSERT_EQ(kept_.size(), 1U);
    EXPECT_EQ(kept_[0].put.size(), 1U);
    append(notification("ntf_1"));
    await_kept(2);
    ASSERT_EQ(kept_.size(), 2U);
    EXPECT_TRUE(kept_[1].put.empty());
    EXPECT_EQ(kept_[1].position, 3);
}

TEST_F(WebhookIntake, WhatCannotBeReadIsPassedOver) {
    add_endpoint(control_, "we_a");
    append("\xff\xff not a notification");
    append(notification("ntf_1"));
    start();
    ASSERT_EQ(kept_.size(), 1U);
    EXPECT_EQ(kept_[0].put.size(), 1U);
    EXPECT_EQ(kept_[0].position, 2);
}

TEST_F(WebhookIntake, WhatLayThereForTooLongBeforeTheStartIsNotSent) {
    add_endpoint(control_, "we_a");
    append(notification("ntf_old"));
    clock_.set({kNow.micros + options_.oldest_micros + 1});
    start();
    ASSERT_EQ(kept_.size(), 1U);
    EXPECT_TRUE(kept_[0].put.empty());
    append(notification("ntf_new"));
    clock_.set({clock_.now().micros + options_.oldest_micros + 1});
    await_kept(2);
    ASSERT_EQ(kept_.size(), 2U);
    EXPECT_EQ(kept_[1].put.size(), 1U);  // a clock that is moved makes nothing old
}

TEST_F(WebhookIntake, WhatCannotBeKeptIsReadAgain) {
    add_endpoint(control_, "we_a");
    append(notification("ntf_1"));
    failures_ = 1;
    start();
    EXPECT_TRUE(kept_.empty());
    await_kept(1);
    ASSERT_EQ(kept_.size(), 1U);
    EXPECT_EQ(kept_[0].put.size(), 1U);
    EXPECT_EQ(kept_[0].position, 1);
}

TEST_F(WebhookIntake, ReadingBeginsAtThePositionAndEndsWithAStop) {
    add_endpoint(control_, "we_a");
    append(notification("ntf_1"));
    append(notification("ntf_2"));
    start(1);
    ASSERT_EQ(kept_.size(), 1U);
    EXPECT_EQ(kept_[0].put[0].notification, "ntf_2");
    intake_.stop();
    append(notification("ntf_3"));
    loop_.post([this] { loop_.stop(); });
    loop_.run();
    EXPECT_EQ(kept_.size(), 1U);
}

}  // namespace
}  // namespace quipu::webhooks
