// Reads the topic of notifications and decides which endpoint gets what.
//
// Thread: the engine's; the log wakes it from any. It reads 256 records a turn. A topic that cannot
// be read, or what cannot be kept, is tried again after half a second, from the same position.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "http/asio_loop.h"
#include "ledger/identity.h"
#include "ledger/log/clock.h"
#include "ledger/log/log.h"
#include "ledger/notification.h"
#include "webhooks/deliveries.h"
#include "webhooks/options.h"
#include "webhooks/store.h"

namespace quipu::webhooks {

// Those of its organisation that are enabled, want its type, and were there when it happened.
// Borrowed from `control`.
[[nodiscard]] std::vector<const ledger::WebhookEndpoint*> recipients_of(
    const ledger::ControlState& control, const ledger::Notification& notification);

class NotificationIntake {
public:
    // Takes what was read: new deliveries, with the position that is behind them.
    using Keep = std::function<base::Result<void>(DeliveryWrites)>;

    // All outlive it. `control` knows the endpoints; `clock`, the ledger's, judges what is old.
    NotificationIntake(http::EngineLoop& loop, const ledger::ControlState& control,
                       ledger::Log& log, ledger::Clock& clock, Deliveries& deliveries,
                       const WebhookOptions& options, Keep keep);
    ~NotificationIntake();
    NotificationIntake(const NotificationIntake&) = delete;
    NotificationIntake& operator=(const NotificationIntake&) = delete;

    // Reads from that offset on. Once.
    void start(ledger::Offset from);
    void stop();

private:
    void open_reader();
    void read_topic();
    void read_later();
    void restart_reader(const base::Error& error);
    [[nodiscard]] base::Result<void> take_in(const std::vector<ledger::StoredRecord>& records);
    [[nodiscard]] bool is_too_old(const ledger::StoredRecord& record) const;
    [[nodiscard]] base::Result<void> fan_out(const ledger::Notification& notification,
                                             DeliveryWrites& writes);

    http::EngineLoop& loop_;
    const ledger::ControlState& control_;
    ledger::Log& log_;
    ledger::Clock& clock_;
    Deliveries& deliveries_;
    const WebhookOptions& options_;
    const Keep keep_;
    std::unique_ptr<ledger::LogReader> reader_;
    ledger::Offset position_ = 0;
    ledger::Offset end_at_start_ = 0;
    std::uint64_t skipped_ = 0;  // for being too old
    bool stopped_ = false;
    std::shared_ptr<std::atomic<bool>> woken_ = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quipu::webhooks
