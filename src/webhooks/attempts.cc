#include "webhooks/attempts.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>
#include <utility>

#include "webhooks/machine_time.h"
#include "webhooks/signature.h"
#include "webhooks/target.h"

namespace quipu::webhooks {
namespace {

using base::Instant;

constexpr std::size_t kAtOnce = 64;  // a turn of the loop has others to serve
constexpr std::int64_t kLongestSleepMicros = base::kMicrosPerMinute;  // the clock may be set
constexpr std::int64_t kStoreRetryMicros = 30 * base::kMicrosPerSecond;

std::function<std::uint64_t()> system_random() {
    return [engine = std::mt19937_64(std::random_device{}())]() mutable { return engine(); };
}

}  // namespace

DeliveryAttempts::DeliveryAttempts(http::EngineLoop& loop, const ledger::ControlState& control,
                                   ledger::Clock& clock, Deliveries& deliveries,
                                   WebhookTransport& transport, const WebhookOptions& options,
                                   Gone gone)
    : loop_(loop),
      control_(control),
      clock_(clock),
      deliveries_(deliveries),
      transport_(transport),
      options_(options),
      gone_(std::move(gone)),
      random_(options.random ? options.random : system_random()),
      queue_(options.max_in_flight, options.max_in_flight_per_endpoint) {}

DeliveryAttempts::~DeliveryAttempts() {
    *alive_ = false;
    stop();
}

void DeliveryAttempts::stop() {
    stopped_ = true;
    if (timer_due_) loop_.cancel(timer_);
    timer_due_.reset();
}

void DeliveryAttempts::plan(const WebhookQueue::Item& item, Instant due) {
    queue_.add(item, due);
}

void DeliveryAttempts::forget(const WebhookQueue::Item& item) {
    queue_.remove(item);
}

bool DeliveryAttempts::is_in_flight(const WebhookQueue::Item& item) const {
    return queue_.is_in_flight(item);
}

void DeliveryAttempts::begin() {
    if (stopped_) return;
    for (std::size_t left = kAtOnce; left > 0; --left) {
        const auto item = queue_.take(machine_now());
        if (!item) break;
        attempt(*item);
    }
    if (const auto due = queue_.next_due()) wake_at(*due);
}

void DeliveryAttempts::wake_at(Instant due) {
    const Instant at = machine_now();
    due = {std::clamp(due.micros, at.micros, at.micros + kLongestSleepMicros)};
    if (timer_due_ && *timer_due_ <= due && *timer_due_ >= at) return;
    if (timer_due_) loop_.cancel(timer_);
    timer_due_ = due;
    timer_ =
        loop_.run_after(std::chrono::microseconds(due.micros - at.micros), [this, alive = alive_] {
            if (!*alive || stopped_) return;
            timer_due_.reset();
            begin();
        });
}

const ledger::WebhookEndpoint* DeliveryAttempts::endpoint_of(
    const WebhookDelivery& delivery) const {
    return ledger::find_webhook_endpoint(control_, delivery.organisation, delivery.endpoint);
}

void DeliveryAttempts::attempt(const WebhookQueue::Item& item) {
    auto stored = deliveries_.find(item.id);
    if (!stored) {
        spdlog::error("webhooks: {}", stored.error().message);
        queue_.finish(item, true);
        queue_.add(item, {machine_now().micros + kStoreRetryMicros});
        return;
    }
    if (!*stored) return queue_.finish(item, false);
    WebhookDelivery& delivery = **stored;
    const ledger::WebhookEndpoint* endpoint = endpoint_of(delivery);
    if (endpoint == nullptr || !endpoint->enabled) {
        queue_.finish(item, false);
        return give_up(std::move(delivery), endpoint == nullptr
                                                ? base::ErrorCode("endpoint_deleted")
                                                : base::ErrorCode("endpoint_disabled"));
    }
    // Both were checked when they were set, but perhaps under other options.
    if (!check_webhook_url(endpoint->url, options_.allow_private) ||
        !is_webhook_secret(endpoint->secret)) {
        queue_.finish(item, false);
        return give_up(std::move(delivery), "endpoint_invalid");
    }
    send(item, std::move(delivery), *endpoint);
}

void DeliveryAttempts::send(const WebhookQueue::Item& item, WebhookDelivery delivery,
                            const ledger::WebhookEndpoint& endpoint) {
    WebhookRequest request = request_of(delivery, endpoint, machine_now(), clock_.now());
    in_flight_[item.id] = {std::move(delivery), endpoint.url};
    transport_.post(std::move(request), [this, alive = alive_, item](const AttemptAnswer& answer) {
        if (*alive) answered(item, answer);
    });
}

void DeliveryAttempts::answered(const WebhookQueue::Item& item, const AttemptAnswer& answer) {
    auto flight = in_flight_.extract(item.id);
    if (flight.empty()) return;
    WebhookDelivery& delivery = flight.mapped().delivery;
    const Instant hold_until = settle(delivery, answer, machine_now(), options_, random_());
    queue_.finish(item, !is_taken(answer), hold_until);
    if (delivery.status == DeliveryStatus::Pending) queue_.add(item, delivery.next_attempt_at);
    if (delivery.status == DeliveryStatus::Failed && !is_gone(answer)) {
        spdlog::warn("webhooks: delivery {} to endpoint {} failed for good after {} attempts",
                     delivery.id, delivery.endpoint, delivery.attempts);
    }
    save(delivery);
    const ledger::WebhookEndpoint* endpoint = endpoint_of(delivery);
    // Only what was asked may answer that it is gone.
    const bool asked = endpoint != nullptr && endpoint->url == flight.mapped().url;
    if (is_gone(answer) && asked && endpoint->enabled) gone_(delivery);
    begin();
}

void DeliveryAttempts::give_up(WebhookDelivery delivery, base::ErrorCode why) {
    delivery.status = DeliveryStatus::Failed;
    delivery.last_error = why.text();
    save(delivery);
}

// What cannot be written is known until the process ends; then it is sent once more.
void DeliveryAttempts::save(const WebhookDelivery& delivery) {
    if (auto written = deliveries_.update(delivery); !written)
        spdlog::error("webhooks: {}", written.error().message);
}

}  // namespace quipu::webhooks
