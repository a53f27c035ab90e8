// Attempts without a network: what is begun, what its answer leads to.
#include "webhooks/attempts.h"

#include <gtest/gtest.h>

#include "engine/clocks.h"
#include "webhooks/fake_webhooks.h"
#include "webhooks/machine_time.h"
#include "webhooks/memory_webhook_store.h"

namespace quipu::webhooks {
namespace {

using base::Instant;

// Retries at once.
WebhookOptions at_once(std::size_t retries) {
    WebhookOptions options;
    options.delays = std::vector<std::chrono::milliseconds>(retries, std::chrono::milliseconds(0));
    return options;
}

class WebhookAttempts : public ::testing::Test {
protected:
    void open(WebhookOptions options) {
        options_ = std::move(options);
        attempts_ = std::make_unique<DeliveryAttempts>(
            loop_, control_, clock_, deliveries_, transport_, options_,
            [this](const WebhookDelivery& delivery) { gone_.push_back(delivery.endpoint); });
    }
    void plan(const WebhookDelivery& delivery, Instant due = {}) {
        ASSERT_TRUE(store_.write({{delivery}, {}, {}}).has_value());
        attempts_->plan({delivery.endpoint, delivery.id}, due);
    }
    [[nodiscard]] WebhookDelivery stored(const WebhookDelivery& delivery) {
        return store_.find(delivery.id).value().value();
    }

    http::EngineLoop loop_;
    ledger::ControlState control_;
    engine::ManualClock clock_{Instant{0}};
    MemoryWebhookStore store_;
    WebhookOptions options_;
    Deliveries deliveries_{store_, options_};
    FakeTransport transport_;
    std::vector<std::string> gone_;
    std::unique_ptr<DeliveryAttempts> attempts_;
};

TEST_F(WebhookAttempts, WhatIsDueIsSentAndItsAnswerKept) {
    add_endpoint(control_, "we_a");
    open(at_once(1));
    const WebhookDelivery delivery = delivery_to("we_a", 1);
    plan(delivery);
    attempts_->begin();
    ASSERT_EQ(transport_.posted.size(), 1U);
    EXPECT_EQ(transport_.posted[0].request.url, "https://we_a.example.com/");
    EXPECT_TRUE(attempts_->is_in_flight({"we_a", delivery.id}));
    transport_.answer(0, 200);
    EXPECT_EQ(stored(delivery).status, DeliveryStatus::Delivered);
    EXPECT_FALSE(attempts_->is_in_flight({"we_a", delivery.id}));
    EXPECT_EQ(transport_.posted.size(), 1U);
}

TEST_F(WebhookAttempts, WhatIsDueLaterWaitsAndMayBeForgotten) {
    add_endpoint(control_, "we_a");
    open(at_once(1));
    const WebhookDelivery delivery = delivery_to("we_a", 1);
    plan(delivery, {machine_now().micros + base::kMicrosPerMinute});
    attempts_->begin();
    EXPECT_TRUE(transport_.posted.empty());
    attempts_->forget({"we_a", delivery.id});
    plan(delivery_to("we_a", 2));
    attempts_->begin();
    EXPECT_EQ(transport_.posted.size(), 1U);
}

TEST_F(WebhookAttempts, ARefusalIsSentAgainUntilTheScheduleIsOver) {
    add_endpoint(control_, "we_a");
    open(at_once(2));
    const WebhookDelivery delivery = delivery_to("we_a", 1);
    plan(delivery);
    attempts_->begin();
    for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_EQ(transport_.posted.size(), i + 1);
        transport_.answer(i, 500);
    }
    EXPECT_EQ(transport_.posted.size(), 3U);
    EXPECT_EQ(stored(delivery).status, DeliveryStatus::Failed);
    EXPECT_EQ(stored(delivery).attempts, 3U);
}

TEST_F(WebhookAttempts, OnlyTheAddressThatWasAskedMaySayThatItIsGone) {
    ledger::WebhookEndpoint& endpoint = add_endpoint(control_, "we_a");
    open(at_once(1));
    plan(delivery_to("we_a", 1));
    attempts_->begin();
    transport_.answer(0, 410);
    EXPECT_EQ(gone_, std::vector<std::string>{"we_a"});
    plan(delivery_to("we_a", 2));
    attempts_->begin();
    endpoint.url = "https://elsewhere.example.com/";
    transport_.answer(1, 410);
    EXPECT_EQ(gone_.size(), 1U);
}

TEST_F(WebhookAttempts, WhatNoEndpointWantsAnyMoreIsGivenUp) {
    add_endpoint(control_, "we_off").enabled = false;
    add_endpoint(control_, "we_home").url = "https://127.0.0.1/";
    open(at_once(1));
    const std::vector<std::pair<std::string, std::string>> why = {{"we_off", "endpoint_disabled"},
                                                                  {"we_none", "endpoint_deleted"},
                                                                  {"we_home", "endpoint_invalid"}};
    for (const auto& [endpoint, code] : why) plan(delivery_to(endpoint, 1));
    attempts_->begin();
    EXPECT_TRUE(transport_.posted.empty());
    for (const auto& [endpoint, code] : why) {
        const WebhookDelivery delivery = stored(delivery_to(endpoint, 1));
        EXPECT_EQ(delivery.status, DeliveryStatus::Failed) << endpoint;
        EXPECT_EQ(delivery.last_error, code);
        EXPECT_EQ(delivery.attempts, 0U);
    }
}

TEST_F(WebhookAttempts, AnEndpointGetsNoMoreAtATimeThanItMay) {
    add_endpoint(control_, "we_a");
    WebhookOptions options = at_once(1);
    options.max_in_flight_per_endpoint = 2;
    open(options);
    for (std::uint64_t i = 1; i <= 5; ++i) plan(delivery_to("we_a", i));
    attempts_->begin();
    EXPECT_EQ(transport_.posted.size(), 2U);
    transport_.answer(0, 200);
    EXPECT_EQ(transport_.posted.size(), 3U);
}

TEST_F(WebhookAttempts, AfterAStopNothingBeginsAndAnAnswerIsStillKept) {
    add_endpoint(control_, "we_a");
    open(at_once(3));
    const WebhookDelivery delivery = delivery_to("we_a", 1);
    plan(delivery);
    attempts_->begin();
    attempts_->stop();
    transport_.answer(0, 500);
    EXPECT_EQ(stored(delivery).attempts, 1U);
    EXPECT_EQ(transport_.posted.size(), 1U);
}

TEST_F(WebhookAttempts, AnAnswerThatComesAfterTheEndChangesNothing) {
    add_endpoint(control_, "we_a");
    open(at_once(1));
    const WebhookDelivery delivery = delivery_to("we_a", 1);
    plan(delivery);
    attempts_->begin();
    attempts_.reset();
    transport_.answer(0, 200);
    EXPECT_EQ(stored(delivery).status, DeliveryStatus::Pending);
}

}  // namespace
}  // namespace quipu::webhooks
