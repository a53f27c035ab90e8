#include "webhooks/deliveries.h"

#include <algorithm>
#include <utility>

namespace quipu::webhooks {
namespace {

using base::Instant;
using base::Result;

constexpr std::size_t kForgottenAtOnce = 1000;
constexpr std::size_t kMostVisited = 1000;  // by one list: the engine thread has others to serve

}  // namespace

Result<void> Deliveries::load(const Pending& pending) {
    return store_.scan({}, [&](const DeliverySummary& summary) {
        ++counts_[summary.endpoint];
        next_sequence_ = std::max(next_sequence_, summary.sequence + 1);
        if (summary.status == DeliveryStatus::Pending) pending(summary);
        return true;
    });
}

WebhookDelivery Deliveries::make(const ledger::WebhookEndpoint& endpoint,
                                 const ledger::Notification& notification, std::string body,
                                 Instant now) {
    WebhookDelivery delivery;
    delivery.id = delivery_id(endpoint.id, notification.id);
    delivery.sequence = next_sequence_++;
    delivery.endpoint = endpoint.id;
    delivery.organisation = endpoint.organisation;
    delivery.notification = notification.id;
    delivery.type = notification.type;
    delivery.body = std::move(body);
    delivery.created_at = delivery.next_attempt_at = now;
    return delivery;
}

Result<std::vector<DeliverySummary>> Deliveries::keep(DeliveryWrites writes,
                                                      const IsBusy& is_busy) {
    if (auto dropped = drop_surplus(writes, is_busy); !dropped)
        return tl::unexpected(dropped.error());
    if (auto written = store_.write(writes); !written) return tl::unexpected(written.error());
    for (const DeliverySummary& each : writes.remove) --counts_[each.endpoint];
    for (const WebhookDelivery& each : writes.put) ++counts_[each.endpoint];
    return std::move(writes.remove);
}

Result<void> Deliveries::drop_surplus(DeliveryWrites& writes, const IsBusy& is_busy) {
    std::map<std::string, std::size_t> added;
    for (const WebhookDelivery& each : writes.put) ++added[each.endpoint];
    for (const auto& [endpoint, count] : added) {
        const std::size_t after = counts_[endpoint] + count;
        if (after <= options_.max_deliveries_per_endpoint) continue;
        std::size_t surplus = after - options_.max_deliveries_per_endpoint;
        auto scanned = store_.scan(endpoint, [&](const DeliverySummary& summary) {
            if (is_busy(summary)) return true;
            writes.remove.push_back(summary);
            return --surplus > 0;
        });
        if (!scanned) return scanned;
    }
    return {};
}

Result<void> Deliveries::update(const WebhookDelivery& delivery) {
    return store_.write({{delivery}, {}, {}});
}

Result<bool> Deliveries::forget_old(Instant now) {
    const Instant limit{now.micros - options_.keep_micros};
    DeliveryWrites writes;
    for (const auto& [endpoint, count] : counts_) {
        const auto scanned = store_.scan(endpoint, [&](const DeliverySummary& summary) {
            if (summary.created_at >= limit) return false;
            if (summary.status != DeliveryStatus::Pending) writes.remove.push_back(summary);
            return writes.remove.size() < kForgottenAtOnce;
        });
        if (!scanned) return tl::unexpected(scanned.error());
    }
    if (writes.remove.empty()) return false;
    if (auto written = store_.write(writes); !written) return tl::unexpected(written.error());
    for (const DeliverySummary& each : writes.remove) {
        if (--counts_[each.endpoint] == 0) counts_.erase(each.endpoint);
    }
    return writes.remove.size() >= kForgottenAtOnce;
}

Result<std::optional<WebhookDelivery>> Deliveries::find(std::string_view id) {
    return store_.find(id);
}

Result<DeliveryPage> Deliveries::list(const DeliveryQuery& query) {
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

}  // namespace quipu::webhooks
