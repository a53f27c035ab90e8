#include "webhooks/sender.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "webhooks/body.h"
#include "webhooks/machine_time.h"

namespace quipu::webhooks {
namespace {

using base::Result;

constexpr ledger::Partition kControl{ledger::Topic::Control, 0};
constexpr std::chrono::hours kForgetEvery{1};
constexpr std::chrono::seconds kForgetMoreAfter{1};
constexpr const char* kTestType = "webhook.test";

}  // namespace

WebhookSender::WebhookSender(http::EngineLoop& loop, engine::LedgerEngine& engine, ledger::Log& log,
                             ledger::Clock& clock, WebhookStore& store, WebhookTransport& transport,
                             WebhookOptions options)
    : loop_(loop),
      engine_(engine),
      clock_(clock),
      store_(store),
      options_(std::move(options)),
      deliveries_(store, options_),
      attempts_(loop, engine.control(), clock, deliveries_, transport, options_,
                [this](const WebhookDelivery& delivery) { disable(delivery); }),
      intake_(loop, engine.control(), log, clock, deliveries_, options_,
              [this](DeliveryWrites writes) { return keep(std::move(writes)); }) {}

WebhookSender::~WebhookSender() {
    *alive_ = false;
    stop();
}

Result<void> WebhookSender::start() {
    auto loaded = deliveries_.load([this](const DeliverySummary& pending) {
        attempts_.plan({pending.endpoint, pending.id}, pending.next_attempt_at);
    });
    if (!loaded) return loaded;
    const auto position = store_.position();
    if (!position) return tl::unexpected(position.error());
    intake_.start(position->value_or(0));
    forget_old();
    every_hour();
    attempts_.begin();
    return {};
}

void WebhookSender::stop() {
    stopped_ = true;
    intake_.stop();
    attempts_.stop();
}

Result<void> WebhookSender::keep(DeliveryWrites writes) {
    std::vector<DeliverySummary> added;
    for (const WebhookDelivery& each : writes.put) added.push_back(summary_of(each));
    const auto dropped = deliveries_.keep(std::move(writes), [this](const DeliverySummary& each) {
        return attempts_.is_in_flight({each.endpoint, each.id});
    });
    if (!dropped) return tl::unexpected(dropped.error());
    for (const DeliverySummary& each : *dropped) {
        if (each.status != DeliveryStatus::Pending) continue;
        attempts_.forget({each.endpoint, each.id});
        spdlog::warn("webhooks: endpoint {} has more than {} deliveries; {} is given up",
                     each.endpoint, options_.max_deliveries_per_endpoint, each.id);
    }
    for (const DeliverySummary& each : added)
        attempts_.plan({each.endpoint, each.id}, each.next_attempt_at);
    attempts_.begin();
    return {};
}

void WebhookSender::disable(const WebhookDelivery& delivery) {
    ledger::CommandRecord record;
    record.id = "webhook-gone:" + delivery.id + ":" + std::to_string(delivery.attempts);
    record.organisation = delivery.organisation;
    record.command = ledger::DisableWebhookEndpoint{delivery.endpoint, delivery.last_error};
    spdlog::info("webhooks: endpoint {} answered 410 and is disabled", delivery.endpoint);
    engine_.gateway().submit(kControl, {}, std::move(record), [](const auto& reply) {
        // The next attempt will hear the same and ask again.
        if (!reply) spdlog::warn("webhooks: not disabled: {}", reply.error().message);
    });
}

void WebhookSender::forget_old() {
    const auto more = deliveries_.forget_old(machine_now());
    if (!more) return spdlog::error("webhooks: {}", more.error().message);
    if (!*more) return;
    loop_.run_after(kForgetMoreAfter, [this, alive = alive_] {
        if (*alive && !stopped_) forget_old();
    });
}

void WebhookSender::every_hour() {
    loop_.run_after(kForgetEvery, [this, alive = alive_] {
        if (!*alive || stopped_) return;
        forget_old();
        every_hour();
    });
}

Result<std::optional<WebhookDelivery>> WebhookSender::find(std::string_view organisation,
                                                           std::string_view id) {
    auto delivery = deliveries_.find(id);
    if (delivery && *delivery && (*delivery)->organisation != organisation) return std::nullopt;
    return delivery;
}

Result<DeliveryPage> WebhookSender::list(const DeliveryQuery& query) {
    return deliveries_.list(query);
}

Result<WebhookDelivery> WebhookSender::send_test(const ledger::WebhookEndpoint& endpoint,
                                                 std::string id) {
    ledger::Notification notification;
    notification.id = std::move(id);
    notification.organisation = endpoint.organisation;
    notification.type = kTestType;
    notification.at = clock_.now();
    notification.facts = {{"endpoint", endpoint.id}};
    WebhookDelivery delivery =
        deliveries_.make(endpoint, notification, webhook_body(notification), machine_now());
    if (auto kept = keep({{delivery}, {}, {}}); !kept) return tl::unexpected(kept.error());
    return delivery;
}

Result<WebhookDelivery> WebhookSender::replay(WebhookDelivery delivery) {
    const WebhookQueue::Item item{delivery.endpoint, delivery.id};
    if (attempts_.is_in_flight(item)) return delivery;
    delivery.status = DeliveryStatus::Pending;
    delivery.step = 0;
    delivery.next_attempt_at = machine_now();
    if (auto written = deliveries_.update(delivery); !written)
        return tl::unexpected(written.error());
    attempts_.plan(item, delivery.next_attempt_at);
    attempts_.begin();
    return delivery;
}

}  // namespace quipu::webhooks
