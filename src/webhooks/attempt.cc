#include "webhooks/attempt.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "webhooks/schedule.h"
#include "webhooks/signature.h"

namespace quipu::webhooks {
namespace {

using base::Instant;

constexpr int kGone = 410;
constexpr int kTooManyRequests = 429;

base::ErrorCode code_of(const AttemptAnswer& answer) {
    if (!answer) return answer.error().code;
    if (is_gone(answer)) return "gone";
    return answer->status / 100 == 3 ? base::ErrorCode("redirected") : base::ErrorCode("refused");
}

// Only who is overloaded may ask for a pause.
std::int64_t asked_pause(const AttemptAnswer& answer, Instant now) {
    const bool may_ask = answer && (answer->status == kTooManyRequests || answer->status >= 500);
    return may_ask ? parse_retry_after(answer->retry_after, now) : 0;
}

Instant retry_or_fail(WebhookDelivery& delivery, std::int64_t pause, const WebhookOptions& options,
                      std::uint64_t random) {
    const Instant at = delivery.last_attempt_at;
    const auto delay = retry_delay(options, delivery.step, pause, random);
    ++delivery.step;
    if (delay) {
        delivery.next_attempt_at = {at.micros + *delay};
    } else {
        delivery.status = DeliveryStatus::Failed;
    }
    if (pause <= 0) return {};
    const std::int64_t most =
        std::chrono::duration_cast<std::chrono::microseconds>(options.max_retry_after).count();
    return {at.micros + std::min(pause, most)};
}

}  // namespace

WebhookRequest request_of(const WebhookDelivery& delivery, const ledger::WebhookEndpoint& endpoint,
                          Instant now, Instant ledger_now) {
    const std::int64_t seconds = now.micros / base::kMicrosPerSecond;
    const auto sign = [&](const std::string& secret) {
        return sign_webhook(secret, delivery.notification, seconds, delivery.body);
    };
    std::string signatures = sign(endpoint.secret);
    const Instant until{endpoint.rotated_at.micros + ledger::kOldSecretMicros};
    if (is_webhook_secret(endpoint.previous_secret) && ledger_now < until)
        signatures.append(" ").append(sign(endpoint.previous_secret));
    return {endpoint.url,
            {{"Content-Type", "application/json"},
             {"webhook-id", delivery.notification},
             {"webhook-timestamp", std::to_string(seconds)},
             {"webhook-signature", std::move(signatures)}},
            delivery.body};
}

bool is_taken(const AttemptAnswer& answer) {
    return answer && answer->status >= 200 && answer->status < 300;
}

bool is_gone(const AttemptAnswer& answer) {
    return answer && answer->status == kGone;
}

Instant settle(WebhookDelivery& delivery, const AttemptAnswer& answer, Instant now,
               const WebhookOptions& options, std::uint64_t random) {
    ++delivery.attempts;
    delivery.last_attempt_at = now;
    delivery.last_status = answer ? static_cast<std::uint32_t>(answer->status) : 0;
    delivery.last_error = is_taken(answer) ? "" : code_of(answer).text();
    if (!is_taken(answer) && !is_gone(answer))
        return retry_or_fail(delivery, asked_pause(answer, now), options, random);
    delivery.status = is_taken(answer) ? DeliveryStatus::Delivered : DeliveryStatus::Failed;
    return {};
}

}  // namespace quipu::webhooks
