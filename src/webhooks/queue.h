// Which delivery is to be tried next: by the moment it is due, bounded in all and per endpoint, so
// that an endpoint that does not answer holds up nobody but itself.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "webhooks/options.h"

namespace quipu::webhooks {

// One thread. An id is waiting, in flight, or not known here.
class WebhookQueue {
public:
    WebhookQueue(std::size_t max_in_flight, std::size_t max_per_endpoint)
        : max_in_flight_(max_in_flight), max_per_endpoint_(max_per_endpoint) {}

    struct Item {
        std::string endpoint;
        std::string id;
    };

    // One that waits already is moved to the new moment; one in flight stays there.
    void add(const Item& item, base::Instant due);
    void remove(const Item& item);  // if it waits

    // Takes the one that is due first and may start; it is in flight from now on.
    [[nodiscard]] std::optional<Item> take(base::Instant now);
    // It is not in flight any more. After a failure the endpoint gets one attempt at a time, and
    // none before `hold_until`.
    void finish(const Item& item, bool failed, base::Instant hold_until = {});

    [[nodiscard]] bool is_in_flight(const Item& item) const;
    // When something may start; none while nothing waits or all that may be are in flight.
    [[nodiscard]] std::optional<base::Instant> next_due() const;
    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }
    [[nodiscard]] std::size_t waiting() const { return waiting_; }

private:
    struct Endpoint {
        std::set<std::pair<base::Instant, std::string>> waiting;
        std::map<std::string, base::Instant, std::less<>> due;  // of those that wait
        std::set<std::string, std::less<>> in_flight;
        base::Instant hold_until;
        bool failing = false;
        std::optional<base::Instant> ready;  // its place in ready_
    };
    using Endpoints = std::map<std::string, Endpoint, std::less<>>;

    void place(Endpoints::iterator endpoint);

    const std::size_t max_in_flight_;
    const std::size_t max_per_endpoint_;
    Endpoints endpoints_;
    std::set<std::pair<base::Instant, std::string>> ready_;  // endpoints that may start one
    std::size_t in_flight_ = 0;
    std::size_t waiting_ = 0;
};

}  // namespace quipu::webhooks
