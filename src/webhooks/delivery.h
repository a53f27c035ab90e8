// One notification on its way to one endpoint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace quipu::webhooks {

enum class DeliveryStatus : std::uint8_t { Pending = 1, Delivered = 2, Failed = 3 };
[[nodiscard]] std::string_view name_of(DeliveryStatus status);

// Moments are the machine's, not the ledger's.
struct WebhookDelivery {
    std::string id;              // whd_…, derived from the endpoint and the notification
    std::uint64_t sequence = 0;  // in the order they were made
    std::string endpoint;        // we_…
    std::string organisation;
    std::string notification;  // ntf_…: the webhook-id
    std::string type;
    std::string body;  // the bytes that are sent
    DeliveryStatus status = DeliveryStatus::Pending;
    std::uint32_t attempts = 0;
    std::uint32_t step = 0;         // attempts since it was made or replayed
    std::uint32_t last_status = 0;  // of HTTP; 0 = no answer yet, or none came
    std::string last_error;         // stable code; "" = none
    base::Instant created_at;
    base::Instant last_attempt_at;  // the epoch: never
    base::Instant next_attempt_at;  // while pending

    friend bool operator==(const WebhookDelivery&, const WebhookDelivery&) = default;
};

// What is known of a delivery without its body.
struct DeliverySummary {
    std::string endpoint;
    std::uint64_t sequence = 0;
    std::string id;
    DeliveryStatus status = DeliveryStatus::Pending;
    base::Instant created_at;
    base::Instant next_attempt_at;

    friend bool operator==(const DeliverySummary&, const DeliverySummary&) = default;
};
[[nodiscard]] DeliverySummary summary_of(const WebhookDelivery& delivery);

// Reading the topic again makes the same delivery, not another one.
[[nodiscard]] std::string delivery_id(std::string_view endpoint, std::string_view notification);

// The bytes of a stored delivery. Code: `state_corrupt`.
[[nodiscard]] std::string encode_delivery(const WebhookDelivery& delivery);
[[nodiscard]] base::Result<WebhookDelivery> decode_delivery(std::string_view bytes);

}  // namespace quipu::webhooks
