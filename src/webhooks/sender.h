// Sends notifications to the endpoints that want them, again and again until they are taken.
//
// It owns the three that do the work: the deliveries that are kept, the intake that makes them of
// the topic, and the attempts that bring them out. At least once, in no order: a receiver knows a
// notification by its `webhook-id`. What is to be sent is in the store before it is tried, together
// with how far the topic was read; an attempt that a crash cut off is made again.
//
// Thread: the engine's, all three. Deliveries have the machine's time; the ledger's clock only
// judges what is old and which secrets still sign.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/ledger_engine.h"
#include "http/asio_loop.h"
#include "ledger/log/clock.h"
#include "ledger/log/log.h"
#include "webhooks/attempts.h"
#include "webhooks/deliveries.h"
#include "webhooks/intake.h"
#include "webhooks/options.h"
#include "webhooks/store.h"
#include "webhooks/transport.h"

namespace quipu::webhooks {

class WebhookSender {
public:
    // All outlive it, and it outlives the loop's run.
    WebhookSender(http::EngineLoop& loop, engine::LedgerEngine& engine, ledger::Log& log,
                  ledger::Clock& clock, WebhookStore& store, WebhookTransport& transport,
                  WebhookOptions options);
    ~WebhookSender();
    WebhookSender(const WebhookSender&) = delete;
    WebhookSender& operator=(const WebhookSender&) = delete;

    // Once, when the engine has caught up. Codes: those of the store.
    [[nodiscard]] base::Result<void> start();
    // Begins nothing more; what is under way is tried again after the next start.
    void stop();

    // None of another organisation's. Codes of these: those of the store.
    [[nodiscard]] base::Result<std::optional<WebhookDelivery>> find(std::string_view organisation,
                                                                    std::string_view id);
    [[nodiscard]] base::Result<DeliveryPage> list(const DeliveryQuery& query);
    // A `webhook.test` to one endpoint, whatever types it wants.
    [[nodiscard]] base::Result<WebhookDelivery> send_test(const ledger::WebhookEndpoint& endpoint,
                                                          std::string notification);
    // From the start of the schedule, at once; what is pending is only hastened.
    [[nodiscard]] base::Result<WebhookDelivery> replay(WebhookDelivery delivery);

    [[nodiscard]] const WebhookOptions& options() const { return options_; }
    // Deliveries that wait or are in flight: at 0 nothing is sent until there is another.
    [[nodiscard]] std::size_t pending() const { return attempts_.pending(); }

private:
    [[nodiscard]] base::Result<void> keep(DeliveryWrites writes);
    void disable(const WebhookDelivery& delivery);
    void forget_old();
    void every_hour();

    http::EngineLoop& loop_;
    engine::LedgerEngine& engine_;
    ledger::Clock& clock_;
    WebhookStore& store_;
    const WebhookOptions options_;
    Deliveries deliveries_;
    DeliveryAttempts attempts_;
    NotificationIntake intake_;
    bool stopped_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quipu::webhooks
