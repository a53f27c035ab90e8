#include "judge/world.h"

#include <algorithm>

#include "judge/price.h"

namespace quipu::judge {

using ledger::Bucket;

bool Answer::allowed() const {
    return !is_refusal(code);
}

const Subscription* World::subscription(Holder holder) const {
    return holder >= 1 && holder <= subscriptions.size() ? &subscriptions[holder - 1] : nullptr;
}

Subscription* World::subscription(Holder holder) {
    return holder >= 1 && holder <= subscriptions.size() ? &subscriptions[holder - 1] : nullptr;
}

const OverrideFact* World::override_of(Holder holder) const {
    const auto found = std::ranges::find(overrides, holder, &OverrideFact::holder);
    return found == overrides.end() ? nullptr : &*found;
}

Rational World::amount(const Window& window, Bucket bucket) const {
    const auto found = shares.find(window);
    if (found == shares.end()) return 0;
    Rational sum = 0;
    for (const Share& share : found->second) {
        if (share.bucket == bucket) sum += share.amount;
    }
    return sum;
}

Rational World::overage(const Window& window) const {
    Rational most = 0;
    for (const SeatCount& count : seats) {
        if (count.window == window) most = std::max(most, count.over);
    }
    return most + amount(window, Bucket::Overage);
}

Rational World::usage(const Window& window) const {
    const auto found = shares.find(window);
    if (found == shares.end()) return 0;
    Rational sum = 0;
    for (const Share& share : found->second) sum += share.amount;
    return sum;
}

Rational World::credits_left(std::size_t grant) const {
    Rational left = grants[grant - 1].credits;
    for (const auto& [window, list] : shares) {
        for (const Share& share : list) {
            if (share.bucket == Bucket::Credit && share.grant == grant) left -= share.amount;
        }
    }
    return left;
}

Rational World::pooled_overage(const Window& window) const {
    Rational sum = 0;
    for (const Window& other : windows()) {
        Window same = other;
        same.entity = window.entity;
        if (same == window) sum += overage(other);
    }
    return sum;
}

std::set<Window> World::windows() const {
    std::set<Window> all;
    for (const auto& [window, list] : shares) all.insert(window);
    for (const SeatCount& count : seats) all.insert(count.window);
    return all;
}

Rational World::charge(const Window& window) const {
    const Subscription* owner = subscription(window.holder);
    if (owner == nullptr) return 0;
    const ledger::PlanFeature* sold = catalogs.ever(owner->sold, window.meter);
    return sold != nullptr ? price(sold->card, overage(window)) : Rational(0);
}

std::size_t World::entity_count(const std::string& feature) const {
    return static_cast<std::size_t>(std::ranges::count_if(entities, [&](const EntityStay& stay) {
        return stay.feature == feature && (!stay.leaves || now < *stay.leaves);
    }));
}

const EntityStay* World::entity(const std::string& name) const {
    for (const EntityStay& stay : entities) {
        if (stay.entity == name && (!stay.leaves || now < *stay.leaves)) return &stay;
    }
    return nullptr;
}

}  // namespace quipu::judge
