// How webhooks are sent: the numbers, each with its default.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/instant.h"

namespace quipu::webhooks {

struct WebhookOptions {
    // Receivers in private networks and plain http: for tests and local use only.
    bool allow_private = false;

    // From the end of a failed attempt to the next one; after the last of them a delivery has
    // failed. The schedule that the Standard Webhooks specification gives.
    std::vector<std::chrono::milliseconds> delays = {
        std::chrono::seconds(5), std::chrono::minutes(5), std::chrono::minutes(30),
        std::chrono::hours(2),   std::chrono::hours(5),   std::chrono::hours(10),
        std::chrono::hours(14),  std::chrono::hours(20),  std::chrono::hours(24)};
    int jitter_percent = 20;  // either way, of each delay
    std::chrono::milliseconds max_retry_after = std::chrono::hours(24);  // what is longer is cut
    std::chrono::milliseconds timeout = std::chrono::seconds(20);        // of one attempt

    std::size_t max_in_flight = 64;
    std::size_t max_in_flight_per_endpoint = 4;  // 1 for an endpoint whose last attempt failed
    // The oldest goes when there is one more, whatever became of it.
    std::size_t max_deliveries_per_endpoint = 10'000;
    std::int64_t keep_micros = 30 * base::kMicrosPerDay;  // deliveries
    // A notification that lay on the topic for longer when the sender started is not sent.
    std::int64_t oldest_micros = 3 * base::kMicrosPerDay;

    // For the jitter; any thread's generator will do. Empty: one seeded by the system.
    std::function<std::uint64_t()> random;
};

}  // namespace quipu::webhooks
