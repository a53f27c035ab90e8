#include "webhooks/intake.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "ledger/codec/notification_codec.h"
#include "ledger/control/webhook_endpoint.h"
#include "ledger/log/log_errors.h"
#include "webhooks/body.h"
#include "webhooks/machine_time.h"

namespace quipu::webhooks {
namespace {

using base::Result;

constexpr ledger::Partition kNotifications{ledger::Topic::Notifications, 0};
constexpr std::size_t kSlice = 256;
constexpr std::chrono::milliseconds kReadAgainAfter{500};
// Clocks of partitions and brokers may differ a little.
constexpr std::int64_t kClockSlackMicros = 5 * base::kMicrosPerSecond;

}  // namespace

std::vector<const ledger::WebhookEndpoint*> recipients_of(
    const ledger::ControlState& control, const ledger::Notification& notification) {
    auto endpoints = ledger::webhook_endpoints_of(control, notification.organisation);
    std::erase_if(endpoints, [&](const ledger::WebhookEndpoint* endpoint) {
        if (!endpoint->enabled || !ledger::wants(*endpoint, notification.type)) return true;
        // A state that is rebuilt tells of the past, which nobody waited for then.
        return notification.at.micros + kClockSlackMicros < endpoint->created_at.micros;
    });
    return endpoints;
}

NotificationIntake::NotificationIntake(http::EngineLoop& loop, const ledger::ControlState& control,
                                       ledger::Log& log, ledger::Clock& clock,
                                       Deliveries& deliveries, const WebhookOptions& options,
                                       Keep keep)
    : loop_(loop),
      control_(control),
      log_(log),
      clock_(clock),
      deliveries_(deliveries),
      options_(options),
      keep_(std::move(keep)) {}

NotificationIntake::~NotificationIntake() {
    *alive_ = false;
    stop();
}

void NotificationIntake::start(ledger::Offset from) {
    position_ = from;
    end_at_start_ = log_.end(kNotifications).value_or(0);
    open_reader();
}

void NotificationIntake::stop() {
    stopped_ = true;
    reader_.reset();
}

void NotificationIntake::open_reader() {
    auto reader = log_.read(kNotifications, position_);
    if (!reader) return restart_reader(reader.error());
    reader_ = std::move(*reader);
    reader_->on_readable([this, &loop = loop_, alive = alive_, woken = woken_] {
        if (woken->exchange(true)) return;
        loop.post([this, alive, woken] {
            *woken = false;
            if (*alive && !stopped_) read_topic();
        });
    });
    read_topic();
}

// Retention has cut the topic behind our position, or another log has been put in its place.
void NotificationIntake::restart_reader(const base::Error& error) {
    reader_.reset();
    if (error.code == ledger::kLogTruncated) {
        const auto end = log_.end(kNotifications);
        if (end && position_ != *end) {
            spdlog::error("webhooks: notifications from offset {} on are gone; going on at {}",
                          position_, *end);
            position_ = *end;
        }
    } else {
        spdlog::warn("webhooks: notifications cannot be read at the moment: {}", error.message);
    }
    loop_.run_after(kReadAgainAfter, [this, alive = alive_] {
        if (*alive && !stopped_) open_reader();
    });
}

void NotificationIntake::read_topic() {
    if (!reader_) return;
    std::vector<ledger::StoredRecord> records;
    const auto polled = reader_->poll(kSlice, records);
    if (!polled) return restart_reader(polled.error());
    if (records.empty()) return;
    if (auto taken = take_in(records); !taken) return restart_reader(taken.error());
    read_later();  // wakes come only after a poll that found nothing
}

void NotificationIntake::read_later() {
    loop_.post([this, alive = alive_] {
        if (*alive && !stopped_) read_topic();
    });
}

Result<void> NotificationIntake::take_in(const std::vector<ledger::StoredRecord>& records) {
    DeliveryWrites writes;
    for (const ledger::StoredRecord& record : records) {
        if (is_too_old(record)) {
            ++skipped_;
            continue;
        }
        const auto notification = ledger::decode_notification(record.value);
        if (!notification) {
            spdlog::error("webhooks: the notification at offset {} is not readable: {}",
                          record.offset, notification.error().message);
            continue;
        }
        if (auto fanned = fan_out(*notification, writes); !fanned) return fanned;
    }
    const ledger::Offset next = records.back().offset + 1;
    writes.position = next;
    if (auto kept = keep_(std::move(writes)); !kept) return kept;
    position_ = next;
    if (skipped_ > 0 && position_ >= end_at_start_) {
        spdlog::warn("webhooks: {} notifications were too old to be sent",
                     std::exchange(skipped_, 0));
    }
    return {};
}

// Only of what lay there before the start: a clock that is moved by request makes nothing old.
bool NotificationIntake::is_too_old(const ledger::StoredRecord& record) const {
    return record.offset < end_at_start_ &&
           record.recorded_at.micros < clock_.now().micros - options_.oldest_micros;
}

Result<void> NotificationIntake::fan_out(const ledger::Notification& notification,
                                         DeliveryWrites& writes) {
    std::string body;
    for (const ledger::WebhookEndpoint* endpoint : recipients_of(control_, notification)) {
        const std::string id = delivery_id(endpoint->id, notification.id);
        const auto known = deliveries_.find(id);
        if (!known) return tl::unexpected(known.error());
        const bool twice = std::ranges::any_of(
            writes.put, [&](const WebhookDelivery& each) { return each.id == id; });
        if (*known || twice) continue;
        if (body.empty()) body = webhook_body(notification);
        writes.put.push_back(deliveries_.make(*endpoint, notification, body, machine_now()));
    }
    return {};
}

}  // namespace quipu::webhooks
