#include "webhooks/sender.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>

#include "webhooks/body.h"

namespace quipu::webhooks {
namespace {

using base::Instant;
using base::Result;

constexpr std::chrono::hours kForgetEvery{1};
constexpr std::chrono::seconds kForgetMoreAfter{1};
constexpr std::size_t kForgottenAtOnce = 1000;
constexpr std::size_t kMostVisited = 1000;  // by one list: the engine thread has others to serve
constexpr const char* kTestType = "webhook.test";

std::function<std::uint64_t()> system_random() {
    return [engine = std::mt19937_64(std::random_device{}())]() mutable { return engine(); };
}

}  // namespace

WebhookSender::WebhookSender(http::EngineLoop& loop, engine::LedgerEngine& engine, ledger::Log& log,
                             ledger::Clock& clock, WebhookStore& store, WebhookTransport& transport,
                             WebhookOptions options)
    : loop_(loop),
      engine_(engine),
      log_(log),
      clock_(clock),
      store_(store),
      transport_(transport),
      options_(std::move(options)),
      random_(options_.random ? options_.random : system_random()),
      queue_(options_.max_in_flight, options_.max_in_flight_per_endpoint) {}

WebhookSender::~WebhookSender() {
    *alive_ = false;
    stop();
}

Instant WebhookSender::now() {
    using std::chrono::duration_cast;
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {duration_cast<std::chrono::microseconds>(since).count()};
}

Result<void> WebhookSender::start() {
    if (auto loaded = load(); !loaded) return loaded;
    const auto position = store_.position();
    if (!position) return tl::unexpected(position.error());
    position_ = position->value_or(0);
    end_at_start_ = log_.end({ledger::Topic::Notifications, 0}).value_or(0);
    open_reader(position_);
    forget_old();
    every_hour();
    pump();
    return {};
}

void WebhookSender::stop() {
    stopped_ = true;
    reader_.reset();
    if (timer_due_) loop_.cancel(timer_);
    timer_due_.reset();
}

Result<void> WebhookSender::load() {
    return store_.scan({}, [this](const DeliverySummary& summary) {
        ++counts_[summary.endpoint];
        next_sequence_ = std::max(next_sequence_, summary.sequence + 1);
        if (summary.status == DeliveryStatus::Pending)
            queue_.add({summary.endpoint, summary.id}, summary.next_attempt_at);
        return true;
    });
}

const ledger::WebhookEndpoint* WebhookSender::endpoint_of(const WebhookDelivery& delivery) const {
    return ledger::find_webhook_endpoint(engine_.control(), delivery.organisation,
                                         delivery.endpoint);
}

WebhookDelivery WebhookSender::make(const ledger::WebhookEndpoint& endpoint,
                                    const ledger::Notification& notification, std::string body) {
    WebhookDelivery delivery;
    delivery.id = delivery_id(endpoint.id, notification.id);
    delivery.sequence = next_sequence_++;
    delivery.endpoint = endpoint.id;
    delivery.organisation = endpoint.organisation;
    delivery.notification = notification.id;
    delivery.type = notification.type;
    delivery.body = std::move(body);
    delivery.created_at = delivery.next_attempt_at = now();
    return delivery;
}

Result<void> WebhookSender::keep(DeliveryWrites writes) {
    if (auto dropped = drop_surplus(writes); !dropped) return dropped;
    if (auto written = store_.write(writes); !written) return written;
    for (const DeliverySummary& each : writes.remove) {
        --counts_[each.endpoint];
        if (each.status != DeliveryStatus::Pending) continue;
        queue_.remove({each.endpoint, each.id});
        spdlog::warn("webhooks: endpoint {} has more than {} deliveries; {} is given up",
                     each.endpoint, options_.max_deliveries_per_endpoint, each.id);
    }
    for (const WebhookDelivery& each : writes.put) {
        ++counts_[each.endpoint];
        queue_.add({each.endpoint, each.id}, each.next_attempt_at);
    }
    return {};
}

Result<void> WebhookSender::drop_surplus(DeliveryWrites& writes) {
    std::map<std::string, std::size_t> added;
    for (const WebhookDelivery& each : writes.put) ++added[each.endpoint];
    for (const auto& [endpoint, count] : added) {
        const std::size_t after = counts_[endpoint] + count;
        if (after <= options_.max_deliveries_per_endpoint) continue;
        std::size_t surplus = after - options_.max_deliveries_per_endpoint;
        auto scanned = store_.scan(endpoint, [&](const DeliverySummary& summary) {
            if (queue_.is_in_flight({endpoint, summary.id})) return true;
            writes.remove.push_back(summary);
            return --surplus > 0;
        });
        if (!scanned) return scanned;
    }
    return {};
}

void WebhookSender::every_hour() {
    loop_.run_after(kForgetEvery, [this, alive = alive_] {
        if (!*alive || stopped_) return;
        forget_old();
        every_hour();
    });
}

void WebhookSender::forget_more() {
    loop_.run_after(kForgetMoreAfter, [this, alive = alive_] {
        if (*alive && !stopped_) forget_old();
    });
}

void WebhookSender::forget_old() {
    const Instant limit{now().micros - options_.keep_micros};
    DeliveryWrites writes;
    for (const auto& [endpoint, count] : counts_) {
        const auto scanned = store_.scan(endpoint, [&](const DeliverySummary& summary) {
            if (summary.created_at >= limit) return false;
            if (summary.status != DeliveryStatus::Pending) writes.remove.push_back(summary);
            return writes.remove.size() < kForgottenAtOnce;
        });
        if (!scanned) return spdlog::error("webhooks: {}", scanned.error().message);
    }
    if (writes.remove.empty()) return;
    if (auto written = store_.write(writes); !written)
        return spdlog::error("webhooks: {}", written.error().message);
    for (const DeliverySummary& each : writes.remove) {
        if (--counts_[each.endpoint] == 0) counts_.erase(each.endpoint);
    }
    if (writes.remove.size() >= kForgottenAtOnce) forget_more();
}

Result<std::optional<WebhookDelivery>> WebhookSender::find(std::string_view organisation,
                                                           std::string_view id) {
    auto delivery = store_.find(id);
    if (delivery && *delivery && (*delivery)->organisation != organisation) return std::nullopt;
    return delivery;
}

Result<DeliveryPage> WebhookSender::list(const DeliveryQuery& query) {
    DeliveryPage page;
    std::vector<std::string> found;
    std::size_t visited = 0;
    std::uint64_t last = 0;
    auto scanned =
        store_.scan_back(query.endpoint, query.before, [&](const DeliverySummary& summary) {
            if (found.size() == query.limit || visited == kMostVisited) {
                page.next = last;
                return false;
            }
            ++visited;
            last = summary.sequence;
            if (!query.status || summary.status == *query.status) found.push_back(summary.id);
            return true;
        });
    if (!scanned) return tl::unexpected(scanned.error());
    for (const std::string& id : found) {
        auto delivery = store_.find(id);
        if (!delivery) return tl::unexpected(delivery.error());
        if (*delivery) page.deliveries.push_back(std::move(**delivery));
    }
    return page;
}

Result<WebhookDelivery> WebhookSender::send_test(const ledger::WebhookEndpoint& endpoint,
                                                 std::string id) {
    ledger::Notification notification;
    notification.id = std::move(id);
    notification.organisation = endpoint.organisation;
    notification.type = kTestType;
    notification.at = clock_.now();
    notification.facts = {{"endpoint", endpoint.id}};
    WebhookDelivery delivery = make(endpoint, notification, webhook_body(notification));
    if (auto kept = keep({{delivery}, {}, {}}); !kept) return tl::unexpected(kept.error());
    pump();
    return delivery;
}

Result<WebhookDelivery> WebhookSender::replay(WebhookDelivery delivery) {
    const WebhookQueue::Item item{delivery.endpoint, delivery.id};
    if (queue_.is_in_flight(item)) return delivery;
    delivery.status = DeliveryStatus::Pending;
    delivery.step = 0;
    delivery.next_attempt_at = now();
    if (auto written = store_.write({{delivery}, {}, {}}); !written)
        return tl::unexpected(written.error());
    queue_.add(item, delivery.next_attempt_at);
    pump();
    return delivery;
}

}  // namespace quipu::webhooks
