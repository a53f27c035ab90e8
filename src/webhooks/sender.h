// Sends notifications to the endpoints that want them, again and again until they are taken.
//
// At least once, in no order: a receiver knows a notification by its `webhook-id`. What is to be
// sent is in the store before it is tried, together with how far the topic was read; an attempt
// that a crash cut off is made again.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/ledger_engine.h"
#include "http/asio_loop.h"
#include "ledger/log/clock.h"
#include "ledger/log/log.h"
#include "ledger/notification.h"
#include "webhooks/options.h"
#include "webhooks/queue.h"
#include "webhooks/store.h"
#include "webhooks/transport.h"

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

// Engine thread. Deliveries have the machine's time; the ledger's clock only judges what is old
// and which secrets still sign.
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

private:
    // webhook_sender.cc
    [[nodiscard]] base::Result<void> load();
    [[nodiscard]] const ledger::WebhookEndpoint* endpoint_of(const WebhookDelivery& delivery) const;
    [[nodiscard]] WebhookDelivery make(const ledger::WebhookEndpoint& endpoint,
                                       const ledger::Notification& notification, std::string body);
    // Writes the new deliveries, drops what there are too many of, and plans the attempts.
    [[nodiscard]] base::Result<void> keep(DeliveryWrites writes);
    [[nodiscard]] base::Result<void> drop_surplus(DeliveryWrites& writes);
    void forget_old();
    void forget_more();
    void every_hour();

    // webhook_sender_intake.cc
    void open_reader(ledger::Offset from);
    void read_topic();
    void read_later();
    void restart_reader(const base::Error& error);
    [[nodiscard]] base::Result<void> take_in(const std::vector<ledger::StoredRecord>& records);
    [[nodiscard]] bool is_too_old(const ledger::StoredRecord& record) const;
    [[nodiscard]] base::Result<void> fan_out(const ledger::Notification& notification,
                                             DeliveryWrites& writes);

    // webhook_sender_attempts.cc
    void pump();
    void wake_at(base::Instant due);
    void attempt(const WebhookQueue::Item& item);
    void answered(const WebhookQueue::Item& item, const base::Result<WebhookResponse>& response);
    void settle(WebhookDelivery& delivery, const base::Result<WebhookResponse>& response,
                base::Instant& hold_until);
    void retry_or_fail(WebhookDelivery& delivery, std::int64_t retry_after_micros,
                       base::Instant& hold_until);
    void end(WebhookDelivery delivery, const char* why);
    void disable(const WebhookDelivery& delivery);
    [[nodiscard]] WebhookRequest request_of(const WebhookDelivery& delivery,
                                            const ledger::WebhookEndpoint& endpoint) const;
    void save(const WebhookDelivery& delivery);

    [[nodiscard]] static base::Instant now();

    struct InFlight {
        WebhookDelivery delivery;
        std::string url;  // that it was sent to
    };

    http::EngineLoop& loop_;
    engine::LedgerEngine& engine_;
    ledger::Log& log_;
    ledger::Clock& clock_;  // the ledger's
    WebhookStore& store_;
    WebhookTransport& transport_;
    const WebhookOptions options_;
    std::function<std::uint64_t()> random_;
    WebhookQueue queue_;
    std::map<std::string, std::size_t, std::less<>> counts_;  // of stored deliveries by endpoint
    std::map<std::string, InFlight, std::less<>> in_flight_;  // by delivery
    std::uint64_t next_sequence_ = 1;

    std::unique_ptr<ledger::LogReader> reader_;
    ledger::Offset position_ = 0;
    ledger::Offset end_at_start_ = 0;
    std::uint64_t skipped_ = 0;  // for being too old
    std::shared_ptr<std::atomic<bool>> woken_ = std::make_shared<std::atomic<bool>>(false);

    std::optional<base::Instant> timer_due_;
    http::EngineLoop::TimerId timer_ = 0;
    bool stopped_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quipu::webhooks
