// What is sent in one attempt, and what its answer makes of the delivery.
#include "webhooks/attempt.h"

#include <gtest/gtest.h>

#include "webhooks/fake_webhooks.h"
#include "webhooks/signature.h"

namespace quipu::webhooks {
namespace {

using base::Instant;

constexpr std::int64_t kSecond = base::kMicrosPerSecond;
constexpr Instant kNow{1'000 * kSecond};

// Two retries, after 5 s and 60 s, no jitter.
WebhookOptions two_retries() {
    WebhookOptions options;
    options.delays = {std::chrono::seconds(5), std::chrono::seconds(60)};
    options.jitter_percent = 0;
    return options;
}

AttemptAnswer answered(int status, std::string retry_after = {}) {
    return WebhookResponse{status, std::move(retry_after)};
}

struct Settled {
    WebhookDelivery delivery;
    Instant hold_until;
};

Settled settled(const AttemptAnswer& answer, std::uint32_t step = 0) {
    Settled result{delivery_to("we_a", 1), {}};
    result.delivery.step = step;
    result.hold_until = settle(result.delivery, answer, kNow, two_retries(), 0);
    return result;
}

TEST(WebhookAttempt, AnyAnswerOfSuccessTakesTheDelivery) {
    for (const int status : {200, 202, 204, 299}) {
        const auto [delivery, hold_until] = settled(answered(status));
        EXPECT_EQ(delivery.status, DeliveryStatus::Delivered) << status;
        EXPECT_EQ(delivery.attempts, 1U);
        EXPECT_EQ(delivery.last_status, static_cast<std::uint32_t>(status));
        EXPECT_EQ(delivery.last_error, "");
        EXPECT_EQ(delivery.last_attempt_at, kNow);
        EXPECT_EQ(hold_until, Instant{});
    }
}

TEST(WebhookAttempt, ARefusalIsTriedAgainWhenItsStepSays) {
    for (const int status : {199, 400, 404, 500}) {
        const auto [delivery, hold_until] = settled(answered(status));
        EXPECT_EQ(delivery.status, DeliveryStatus::Pending) << status;
        EXPECT_EQ(delivery.last_error, "refused");
        EXPECT_EQ(delivery.next_attempt_at, Instant{kNow.micros + 5 * kSecond});
        EXPECT_EQ(delivery.step, 1U);
    }
    EXPECT_EQ(settled(answered(500), 1).delivery.next_attempt_at,
              Instant{kNow.micros + 60 * kSecond});
    EXPECT_EQ(settled(answered(302)).delivery.last_error, "redirected");
}

TEST(WebhookAttempt, AfterTheLastStepItHasFailed) {
    const WebhookDelivery delivery = settled(answered(500), 2).delivery;
    EXPECT_EQ(delivery.status, DeliveryStatus::Failed);
    EXPECT_EQ(delivery.last_error, "refused");
}

TEST(WebhookAttempt, NoAnswerIsARefusalWithItsOwnCode) {
    const WebhookDelivery delivery = settled(base::fail("timed_out", "Nobody answered.")).delivery;
    EXPECT_EQ(delivery.status, DeliveryStatus::Pending);
    EXPECT_EQ(delivery.last_status, 0U);
    EXPECT_EQ(delivery.last_error, "timed_out");
}

TEST(WebhookAttempt, WhoIsGoneIsNotAskedAgain) {
    const WebhookDelivery delivery = settled(answered(410)).delivery;
    EXPECT_EQ(delivery.status, DeliveryStatus::Failed);
    EXPECT_EQ(delivery.last_error, "gone");
    EXPECT_EQ(delivery.step, 0U);
    EXPECT_TRUE(is_gone(answered(410)));
    EXPECT_FALSE(is_gone(answered(404)));
}

TEST(WebhookAttempt, OnlyWhoIsOverloadedMayAskForAPause) {
    for (const int status : {429, 500, 503}) {
        const auto [delivery, hold_until] = settled(answered(status, "90"));
        EXPECT_EQ(hold_until, Instant{kNow.micros + 90 * kSecond}) << status;
        EXPECT_EQ(delivery.next_attempt_at, hold_until);
    }
    const auto [delivery, hold_until] = settled(answered(404, "90"));
    EXPECT_EQ(hold_until, Instant{});
    EXPECT_EQ(delivery.next_attempt_at, Instant{kNow.micros + 5 * kSecond});
}

TEST(WebhookAttempt, APauseIsCutToTheLongestThatIsHonoured) {
    const Instant longest{kNow.micros + base::kMicrosPerDay};
    EXPECT_EQ(settled(answered(503, "9999999")).hold_until, longest);
}

std::string signature_of(const WebhookRequest& request) {
    for (const auto& [name, value] : request.headers)
        if (name == "webhook-signature") return value;
    return {};
}

TEST(WebhookAttempt, TheOldSecretSignsForADayMore) {
    ledger::ControlState control;
    ledger::WebhookEndpoint& endpoint = add_endpoint(control, "we_a");
    endpoint.previous_secret = "whsec_AAEC";
    endpoint.rotated_at = {7 * kSecond};
    const WebhookDelivery delivery = delivery_to("we_a", 1);
    const std::string own = sign_webhook(kTestSecret, "ntf_1", 1'000, "{}");
    const std::string old = sign_webhook("whsec_AAEC", "ntf_1", 1'000, "{}");
    const Instant last{7 * kSecond + base::kMicrosPerDay - 1};
    const WebhookRequest request = request_of(delivery, endpoint, kNow, last);
    EXPECT_EQ(request.url, "https://we_a.example.com/");
    EXPECT_EQ(request.body, "{}");
    EXPECT_EQ(signature_of(request), own + " " + old);
    EXPECT_EQ(signature_of(request_of(delivery, endpoint, kNow, {last.micros + 1})), own);
}

}  // namespace
}  // namespace quipu::webhooks
