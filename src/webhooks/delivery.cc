#include "webhooks/delivery.h"

#include <limits>
#include <span>

#include "base/bytes.h"
#include "base/sha256.h"

namespace quipu::webhooks {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kIdBytes = 16;  // of the hash

bool narrow(std::uint64_t wide, std::uint32_t& value) {
    value = static_cast<std::uint32_t>(wide);
    return wide <= std::numeric_limits<std::uint32_t>::max();
}

}  // namespace

std::string_view name_of(DeliveryStatus status) {
    switch (status) {
        case DeliveryStatus::Pending:
            return "pending";
        case DeliveryStatus::Delivered:
            return "delivered";
        case DeliveryStatus::Failed:
            return "failed";
    }
    return "failed";
}

DeliverySummary summary_of(const WebhookDelivery& delivery) {
    return {delivery.endpoint, delivery.sequence,   delivery.id,
            delivery.status,   delivery.created_at, delivery.next_attempt_at};
}

std::string delivery_id(std::string_view endpoint, std::string_view notification) {
    base::ByteWriter name;
    name.string(endpoint);
    name.string(notification);
    const base::Sha256Digest hash = base::sha256(name.view());
    return "whd_" + base::to_hex(std::span(hash).first<kIdBytes>());
}

std::string encode_delivery(const WebhookDelivery& delivery) {
    base::ByteWriter out;
    out.byte(kFormat);
    out.string(delivery.id);
    out.varint(delivery.sequence);
    out.string(delivery.endpoint);
    out.string(delivery.organisation);
    out.string(delivery.notification);
    out.string(delivery.type);
    out.string(delivery.body);
    out.byte(static_cast<std::uint8_t>(delivery.status));
    out.varint(delivery.attempts);
    out.varint(delivery.step);
    out.varint(delivery.last_status);
    out.string(delivery.last_error);
    out.instant(delivery.created_at);
    out.instant(delivery.last_attempt_at);
    out.instant(delivery.next_attempt_at);
    return out.take();
}

base::Result<WebhookDelivery> decode_delivery(std::string_view bytes) {
    base::ByteReader in(bytes);
    bool sound = in.byte() == kFormat;
    WebhookDelivery delivery;
    delivery.id = in.string();
    delivery.sequence = in.varint();
    delivery.endpoint = in.string();
    delivery.organisation = in.string();
    delivery.notification = in.string();
    delivery.type = in.string();
    delivery.body = in.string();
    const std::uint8_t status = in.byte();
    sound = sound && status >= 1 && status <= static_cast<std::uint8_t>(DeliveryStatus::Failed);
    delivery.status = static_cast<DeliveryStatus>(status);
    sound = narrow(in.varint(), delivery.attempts) && sound;
    sound = narrow(in.varint(), delivery.step) && sound;
    sound = narrow(in.varint(), delivery.last_status) && sound;
    delivery.last_error = in.string();
    delivery.created_at = in.instant();
    delivery.last_attempt_at = in.instant();
    delivery.next_attempt_at = in.instant();
    if (!sound || !in.done())
        return base::fail("state_corrupt", "A stored webhook delivery is not readable.");
    return delivery;
}

}  // namespace quipu::webhooks
