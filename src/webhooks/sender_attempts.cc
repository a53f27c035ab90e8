// From deliveries in the store to receivers, and what becomes of them.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "webhooks/schedule.h"
#include "webhooks/sender.h"
#include "webhooks/signature.h"
#include "webhooks/target.h"

namespace quipu::webhooks {
namespace {

using base::Instant;
using base::Result;

constexpr ledger::Partition kControl{ledger::Topic::Control, 0};
constexpr std::size_t kAtOnce = 64;  // a turn of the loop has others to serve
constexpr int kGone = 410;
constexpr int kTooManyRequests = 429;
constexpr std::int64_t kLongestSleepMicros = base::kMicrosPerMinute;  // the clock may be set
constexpr std::int64_t kStoreRetryMicros = 30 * base::kMicrosPerSecond;

bool is_success(const Result<WebhookResponse>& response) {
    return response && response->status >= 200 && response->status < 300;
}

std::string code_of(const Result<WebhookResponse>& response) {
    if (!response) return response.error().code;
    return response->status / 100 == 3 ? "redirected" : "refused";
}

}  // namespace

void WebhookSender::pump() {
    if (stopped_) return;
    for (std::size_t left = kAtOnce; left > 0; --left) {
        const auto item = queue_.take(now());
        if (!item) break;
        attempt(*item);
    }
    if (const auto due = queue_.next_due()) wake_at(*due);
}

void WebhookSender::wake_at(Instant due) {
    const Instant at = now();
    due = {std::clamp(due.micros, at.micros, at.micros + kLongestSleepMicros)};
    if (timer_due_ && *timer_due_ <= due && *timer_due_ >= at) return;
    if (timer_due_) loop_.cancel(timer_);
    timer_due_ = due;
    timer_ =
        loop_.run_after(std::chrono::microseconds(due.micros - at.micros), [this, alive = alive_] {
            if (!*alive || stopped_) return;
            timer_due_.reset();
            pump();
        });
}

void WebhookSender::attempt(const WebhookQueue::Item& item) {
    auto stored = store_.find(item.id);
    if (!stored) {
        spdlog::error("webhooks: {}", stored.error().message);
        queue_.finish(item, true);
        queue_.add(item, {now().micros + kStoreRetryMicros});
        return;
    }
    if (!*stored) return queue_.finish(item, false);
    WebhookDelivery& delivery = **stored;
    const ledger::WebhookEndpoint* endpoint = endpoint_of(delivery);
    if (endpoint == nullptr || !endpoint->enabled) {
        queue_.finish(item, false);
        return end(std::move(delivery),
                   endpoint == nullptr ? "endpoint_deleted" : "endpoint_disabled");
    }
    // Both were checked when they were set, but perhaps under other options.
    if (!check_webhook_url(endpoint->url, options_.allow_private) ||
        !is_webhook_secret(endpoint->secret)) {
        queue_.finish(item, false);
        return end(std::move(delivery), "endpoint_invalid");
    }
    WebhookRequest request = request_of(delivery, *endpoint);
    in_flight_[item.id] = {std::move(delivery), endpoint->url};
    transport_.post(std::move(request),
                    [this, alive = alive_, item](const Result<WebhookResponse>& response) {
                        if (*alive) answered(item, response);
                    });
}

WebhookRequest WebhookSender::request_of(const WebhookDelivery& delivery,
                                         const ledger::WebhookEndpoint& endpoint) const {
    const std::int64_t seconds = now().micros / base::kMicrosPerSecond;
    const auto sign = [&](const std::string& secret) {
        return sign_webhook(secret, delivery.notification, seconds, delivery.body);
    };
    std::string signatures = sign(endpoint.secret);
    const Instant until{endpoint.rotated_at.micros + ledger::kOldSecretMicros};
    if (is_webhook_secret(endpoint.previous_secret) && clock_.now() < until)
        signatures.append(" ").append(sign(endpoint.previous_secret));
    return {endpoint.url,
            {{"Content-Type", "application/json"},
             {"webhook-id", delivery.notification},
             {"webhook-timestamp", std::to_string(seconds)},
             {"webhook-signature", std::move(signatures)}},
            delivery.body};
}

void WebhookSender::answered(const WebhookQueue::Item& item,
                             const Result<WebhookResponse>& response) {
    auto flight = in_flight_.extract(item.id);
    if (flight.empty()) return;
    WebhookDelivery& delivery = flight.mapped().delivery;
    Instant hold_until;
    settle(delivery, response, hold_until);
    queue_.finish(item, !is_success(response), hold_until);
    if (delivery.status == DeliveryStatus::Pending) queue_.add(item, delivery.next_attempt_at);
    save(delivery);
    const ledger::WebhookEndpoint* endpoint = endpoint_of(delivery);
    // Only what was asked may answer that it is gone.
    const bool asked = endpoint != nullptr && endpoint->url == flight.mapped().url;
    if (response && response->status == kGone && asked && endpoint->enabled) disable(delivery);
    pump();
}

void WebhookSender::settle(WebhookDelivery& delivery, const Result<WebhookResponse>& response,
                           Instant& hold_until) {
    ++delivery.attempts;
    delivery.last_attempt_at = now();
    delivery.last_status = response ? static_cast<std::uint32_t>(response->status) : 0;
    delivery.last_error = is_success(response) ? "" : code_of(response);
    if (is_success(response)) {
        delivery.status = DeliveryStatus::Delivered;
        return;
    }
    if (response && response->status == kGone) {
        delivery.status = DeliveryStatus::Failed;
        delivery.last_error = "gone";
        return;
    }
    const bool may_ask =
        response && (response->status == kTooManyRequests || response->status >= 500);
    retry_or_fail(delivery, may_ask ? parse_retry_after(response->retry_after, now()) : 0,
                  hold_until);
}

void WebhookSender::retry_or_fail(WebhookDelivery& delivery, std::int64_t retry_after_micros,
                                  Instant& hold_until) {
    const Instant at = delivery.last_attempt_at;
    const auto delay = retry_delay(options_, delivery.step, retry_after_micros, random_());
    const std::int64_t most =
        std::chrono::duration_cast<std::chrono::microseconds>(options_.max_retry_after).count();
    if (retry_after_micros > 0) hold_until = {at.micros + std::min(retry_after_micros, most)};
    ++delivery.step;
    if (delay) {
        delivery.next_attempt_at = {at.micros + *delay};
        return;
    }
    delivery.status = DeliveryStatus::Failed;
    spdlog::warn("webhooks: delivery {} to endpoint {} failed for good after {} attempts",
                 delivery.id, delivery.endpoint, delivery.attempts);
}

void WebhookSender::end(WebhookDelivery delivery, const char* why) {
    delivery.status = DeliveryStatus::Failed;
    delivery.last_error = why;
    save(delivery);
}

void WebhookSender::disable(const WebhookDelivery& delivery) {
    ledger::CommandRecord record;
    record.id = "webhook-gone:" + delivery.id + ":" + std::to_string(delivery.attempts);
    record.organisation = delivery.organisation;
    record.command = ledger::DisableWebhookEndpoint{delivery.endpoint, "gone"};
    spdlog::info("webhooks: endpoint {} answered 410 and is disabled", delivery.endpoint);
    engine_.gateway().submit(kControl, {}, std::move(record), [](const auto& reply) {
        // The next attempt will hear the same and ask again.
        if (!reply) spdlog::warn("webhooks: not disabled: {}", reply.error().message);
    });
}

// What cannot be written is known until the process ends; then it is sent once more.
void WebhookSender::save(const WebhookDelivery& delivery) {
    if (auto written = store_.write({{delivery}, {}, {}}); !written)
        spdlog::error("webhooks: {}", written.error().message);
}

}  // namespace quipu::webhooks
