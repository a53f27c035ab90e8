#include "webhooks/memory_webhook_store.h"

namespace quipu::webhooks {

base::Result<std::optional<ledger::Offset>> MemoryWebhookStore::position() {
    return position_;
}

base::Result<void> MemoryWebhookStore::write(const DeliveryWrites& writes) {
    for (const DeliverySummary& each : writes.remove) {
        deliveries_.erase(each.id);
        order_.erase({each.endpoint, each.sequence});
    }
    for (const WebhookDelivery& each : writes.put) {
        deliveries_[each.id] = each;
        order_[{each.endpoint, each.sequence}] = each.id;
    }
    if (writes.position) position_ = writes.position;
    return {};
}

base::Result<std::optional<WebhookDelivery>> MemoryWebhookStore::find(std::string_view id) {
    const auto found = deliveries_.find(id);
    if (found == deliveries_.end()) return std::nullopt;
    return found->second;
}

base::Result<void> MemoryWebhookStore::scan(std::string_view endpoint, const Visit& visit) {
    for (const auto& [place, id] : order_) {
        if (!endpoint.empty() && place.first != endpoint) continue;
        if (!visit(summary_of(deliveries_.at(id)))) break;
    }
    return {};
}

base::Result<void> MemoryWebhookStore::scan_back(std::string_view endpoint, std::uint64_t before,
                                                 const Visit& visit) {
    auto at = order_.lower_bound({std::string(endpoint), before});
    while (at != order_.begin()) {
        --at;
        if (at->first.first != endpoint || !visit(summary_of(deliveries_.at(at->second)))) break;
    }
    return {};
}

}  // namespace quipu::webhooks
