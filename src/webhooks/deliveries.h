// The deliveries that are kept: numbered, counted by endpoint, dropped when there are too many or
// they are old, and shown.
//
// Moments are the machine's. Thread: the engine's. Limits: `max_deliveries_per_endpoint` and
// `keep_micros` of the options. Error codes of everything: those of the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "ledger/identity.h"
#include "ledger/notification.h"
#include "webhooks/delivery.h"
#include "webhooks/options.h"
#include "webhooks/store.h"

namespace quipu::webhooks {

// What is shown of an endpoint's deliveries.
struct DeliveryQuery {
    std::string endpoint;
    std::optional<DeliveryStatus> status;  // none = any
    std::uint64_t before = UINT64_MAX;     // sequences below this
    std::size_t limit = 50;
};
struct DeliveryPage {
    std::vector<WebhookDelivery> deliveries;  // newest first
    // `before` of the next page, which may be short or empty; none = that was all.
    std::optional<std::uint64_t> next;
};

class Deliveries {
public:
    // Both outlive it.
    Deliveries(WebhookStore& store, const WebhookOptions& options)
        : store_(store), options_(options) {}

    // Once, before anything else. `pending` is told of each that is still to be sent.
    using Pending = std::function<void(const DeliverySummary&)>;
    [[nodiscard]] base::Result<void> load(const Pending& pending);

    // A new one, to be sent at once; not written yet.
    [[nodiscard]] WebhookDelivery make(const ledger::WebhookEndpoint& endpoint,
                                       const ledger::Notification& notification, std::string body,
                                       base::Instant now);

    // Writes new ones. Where an endpoint then has too many, its oldest go, but none that is busy;
    // answers which went.
    using IsBusy = std::function<bool(const DeliverySummary&)>;
    [[nodiscard]] base::Result<std::vector<DeliverySummary>> keep(DeliveryWrites writes,
                                                                  const IsBusy& is_busy);
    // One that is kept already, as it has become.
    [[nodiscard]] base::Result<void> update(const WebhookDelivery& delivery);

    // Drops what is over and older than what is kept, about a thousand; whether there may be more.
    [[nodiscard]] base::Result<bool> forget_old(base::Instant now);

    [[nodiscard]] base::Result<std::optional<WebhookDelivery>> find(std::string_view id);
    // A page is cut short after a thousand that the query does not want.
    [[nodiscard]] base::Result<DeliveryPage> list(const DeliveryQuery& query);

private:
    [[nodiscard]] base::Result<void> drop_surplus(DeliveryWrites& writes, const IsBusy& is_busy);

    WebhookStore& store_;
    const WebhookOptions& options_;
    std::map<std::string, std::size_t, std::less<>> counts_;  // of what is stored, by endpoint
    std::uint64_t next_sequence_ = 1;
};

}  // namespace quipu::webhooks
