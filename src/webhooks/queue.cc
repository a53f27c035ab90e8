#include "webhooks/queue.h"

#include <algorithm>

#include "base/check.h"

namespace quipu::webhooks {

// Where the endpoint stands among those that may start an attempt, after anything about it changed.
void WebhookQueue::place(Endpoints::iterator endpoint) {
    const auto& name = endpoint->first;
    Endpoint& state = endpoint->second;
    if (state.ready) ready_.erase({*state.ready, name});
    state.ready.reset();
    if (state.waiting.empty() && state.in_flight.empty()) {
        endpoints_.erase(endpoint);
        return;
    }
    const std::size_t most = state.failing ? 1 : max_per_endpoint_;
    if (state.waiting.empty() || state.in_flight.size() >= most) return;
    state.ready = std::max(state.waiting.begin()->first, state.hold_until);
    ready_.emplace(*state.ready, name);
}

void WebhookQueue::add(const Item& item, base::Instant due) {
    const auto endpoint = endpoints_.try_emplace(item.endpoint).first;
    Endpoint& state = endpoint->second;
    if (state.in_flight.contains(item.id)) return;
    const auto [known, added] = state.due.try_emplace(item.id, due);
    if (added) {
        ++waiting_;
    } else {
        state.waiting.erase({known->second, item.id});
        known->second = due;
    }
    state.waiting.emplace(due, item.id);
    place(endpoint);
}

void WebhookQueue::remove(const Item& item) {
    const auto endpoint = endpoints_.find(item.endpoint);
    if (endpoint == endpoints_.end()) return;
    Endpoint& state = endpoint->second;
    const auto known = state.due.find(item.id);
    if (known == state.due.end()) return;
    state.waiting.erase({known->second, item.id});
    state.due.erase(known);
    --waiting_;
    place(endpoint);
}

std::optional<WebhookQueue::Item> WebhookQueue::take(base::Instant now) {
    if (in_flight_ >= max_in_flight_ || ready_.empty() || ready_.begin()->first > now)
        return std::nullopt;
    const auto endpoint = endpoints_.find(ready_.begin()->second);
    QUIPU_CHECK(endpoint != endpoints_.end());
    Endpoint& state = endpoint->second;
    const std::string id = state.waiting.begin()->second;
    state.waiting.erase(state.waiting.begin());
    state.due.erase(id);
    state.in_flight.insert(id);
    --waiting_;
    ++in_flight_;
    Item item{endpoint->first, id};
    place(endpoint);
    return item;
}

void WebhookQueue::finish(const Item& item, bool failed, base::Instant hold_until) {
    const auto endpoint = endpoints_.find(item.endpoint);
    QUIPU_CHECK(endpoint != endpoints_.end() && endpoint->second.in_flight.erase(item.id) == 1);
    --in_flight_;
    endpoint->second.failing = failed;
    endpoint->second.hold_until = failed ? hold_until : base::Instant{};
    place(endpoint);
}

bool WebhookQueue::is_in_flight(const Item& item) const {
    const auto endpoint = endpoints_.find(item.endpoint);
    return endpoint != endpoints_.end() && endpoint->second.in_flight.contains(item.id);
}

std::optional<base::Instant> WebhookQueue::next_due() const {
    if (in_flight_ >= max_in_flight_ || ready_.empty()) return std::nullopt;
    return ready_.begin()->first;
}

}  // namespace quipu::webhooks
