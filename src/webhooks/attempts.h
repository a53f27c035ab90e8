// Sends what is due, one HTTP attempt after the other, until it is taken or its schedule is over.
//
// Thread: the engine's. Limits: `max_in_flight` and `max_in_flight_per_endpoint` of the options; a
// turn of the loop begins 64 at most. An attempt that a stop or a crash cuts off is made again,
// since its delivery stays pending.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/error_code.h"
#include "base/instant.h"
#include "http/asio_loop.h"
#include "ledger/identity.h"
#include "ledger/log/clock.h"
#include "webhooks/attempt.h"
#include "webhooks/deliveries.h"
#include "webhooks/queue.h"
#include "webhooks/transport.h"

namespace quipu::webhooks {

class DeliveryAttempts {
public:
    // An endpoint answered this attempt that it is gone, and is still the one that was asked.
    using Gone = std::function<void(const WebhookDelivery&)>;

    // All outlive it. `control` knows the endpoints; `clock` is the ledger's.
    DeliveryAttempts(http::EngineLoop& loop, const ledger::ControlState& control,
                     ledger::Clock& clock, Deliveries& deliveries, WebhookTransport& transport,
                     const WebhookOptions& options, Gone gone);
    ~DeliveryAttempts();
    DeliveryAttempts(const DeliveryAttempts&) = delete;
    DeliveryAttempts& operator=(const DeliveryAttempts&) = delete;

    // A pending delivery is to be tried at `due`. One that waits already is moved there; one in
    // flight is left alone.
    void plan(const WebhookQueue::Item& item, base::Instant due);
    void forget(const WebhookQueue::Item& item);  // if it waits
    [[nodiscard]] bool is_in_flight(const WebhookQueue::Item& item) const;
    // Deliveries that wait or are in flight.
    [[nodiscard]] std::size_t pending() const { return queue_.waiting() + queue_.in_flight(); }

    // Begins what is due now, and from then on what becomes due; after every plan.
    void begin();
    // Begins nothing more; what is under way is still written down.
    void stop();

private:
    struct InFlight {
        WebhookDelivery delivery;
        std::string url;  // that it was sent to
    };

    void wake_at(base::Instant due);
    void attempt(const WebhookQueue::Item& item);
    void send(const WebhookQueue::Item& item, WebhookDelivery delivery,
              const ledger::WebhookEndpoint& endpoint);
    void answered(const WebhookQueue::Item& item, const AttemptAnswer& answer);
    void give_up(WebhookDelivery delivery, base::ErrorCode why);
    void save(const WebhookDelivery& delivery);
    [[nodiscard]] const ledger::WebhookEndpoint* endpoint_of(const WebhookDelivery& delivery) const;

    http::EngineLoop& loop_;
    const ledger::ControlState& control_;
    ledger::Clock& clock_;
    Deliveries& deliveries_;
    WebhookTransport& transport_;
    const WebhookOptions& options_;
    const Gone gone_;
    const std::function<std::uint64_t()> random_;
    WebhookQueue queue_;
    std::map<std::string, InFlight, std::less<>> in_flight_;  // by delivery
    std::optional<base::Instant> timer_due_;
    http::EngineLoop::TimerId timer_ = 0;
    bool stopped_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quipu::webhooks
