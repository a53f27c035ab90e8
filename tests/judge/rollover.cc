#include "judge/rollover.h"

#include <algorithm>

#include "judge/rights.h"
#include "judge/windows.h"

namespace quipu::judge {

using base::Instant;
using base::Period;
using ledger::Bucket;
using ledger::PlanFeature;

namespace {

using Lots = std::vector<Lot>;

std::optional<PlanFeature> terms_at(const World& world, const Subscription& owner,
                                    const std::string& meter, Instant at) {
    return world.catalogs.terms(owner.sold, meter, owner.anchor_at(at), at);
}

Period window_of(const PlanFeature& terms, const Subscription& owner, Instant at) {
    return window_around(terms.reset, terms.alignment, owner.anchor_at(at), at);
}

bool rolls_over(const std::optional<PlanFeature>& terms) {
    return terms && terms->rollover && ledger::resets(terms->reset) && terms->card.included &&
           terms->card.usage_model != rating::UsageModel::UsageBased;
}

// How long what is carried into `window` lasts.
Instant expiry(const PlanFeature& terms, const Subscription& owner, Period window) {
    if (terms.rollover->windows == 0) return base::kEndOfTime;
    Instant end = window.end;
    for (std::uint32_t more = 1; more < terms.rollover->windows; ++more)
        end = window_of(terms, owner, end).end;
    return end;
}

void take(Lots& lots, Rational amount) {
    for (Lot& lot : lots) {
        const Rational taken = std::min(lot.amount, amount);
        lot.amount -= taken;
        amount -= taken;
    }
    std::erase_if(lots, [](const Lot& lot) { return lot.amount <= 0; });
}

// The cap holds for all that is carried; what would expire first gives way.
void clip(Lots& lots, const std::optional<ledger::Rollover>& rollover) {
    std::ranges::stable_sort(lots, {}, &Lot::expires_at);
    if (!rollover || !rollover->max) return;
    const Rational excess = sum_of(lots) - of(*rollover->max);
    if (excess > 0) take(lots, excess);
}

Instant first_moment(const World& world, const Subscription& owner, const std::string& entity) {
    if (entity.empty()) return owner.begin;
    const EntityStay* stay = world.entity(entity);
    return stay != nullptr ? std::max(owner.begin, stay->added) : owner.begin;
}

// Walks the windows of one meter from the first to the one that holds `until`, telling each with
// what came into it.
template <typename Visit>
void walk(const World& world, const Subscription& owner, const std::string& meter,
          const std::string& entity, Instant until, Visit&& visit);

Lots left_in(const World& world, const Window& window, Lots lots) {
    take(lots, world.amount(window, Bucket::Rollover));
    return lots;
}

// From the plan that this one took over from.
Lots handed_over(const World& world, const Subscription& owner, const std::string& meter,
                 const std::string& entity) {
    if (!owner.took_over_from) return {};
    const Subscription& before = *world.subscription(*owner.took_over_from);
    const auto terms = terms_at(world, owner, meter, owner.begin);
    if (!rolls_over(terms) || owner.trialing_at(owner.begin)) return {};
    Lots lots = carried(world, before, meter, entity, owner.begin);
    std::erase_if(lots, [&](const Lot& lot) { return lot.expires_at <= owner.begin; });
    clip(lots, terms->rollover);
    return lots;
}

// From one window into the next, by the terms at its end.
Lots settled(const World& world, const Subscription& owner, const Window& window, Lots lots,
             Period next) {
    const Instant last{window.end.micros - 1};
    const auto terms = terms_at(world, owner, window.meter, last);
    if (!rolls_over(terms) || owner.trialing_at(last)) return {};
    lots = left_in(world, window, std::move(lots));
    std::erase_if(lots, [&](const Lot& lot) { return lot.expires_at <= window.end; });
    Rational used = world.amount(window, Bucket::Allowance);
    used += inherited_use(world, owner, window.meter, window.entity, last);
    const Rational rest = not_below_zero(of(*terms->card.included) - used);
    if (rest > 0) lots.push_back({rest, expiry(*terms, owner, next)});
    clip(lots, terms->rollover);
    return lots;
}

template <typename Visit>
void walk(const World& world, const Subscription& owner, const std::string& meter,
          const std::string& entity, Instant until, Visit&& visit) {
    const Instant first = first_moment(world, owner, entity);
    const PlanFeature* terms = world.catalogs.ever(owner.sold, meter);
    if (!world.catalogs.ever_rolls_over(owner.sold.plan, meter)) return;
    if (terms == nullptr || is_seats(world, meter) || !ledger::resets(terms->reset)) return;
    const auto key = [&](Period period) {
        return Window{owner.seq, meter, entity, period.start, period.end};
    };
    Period window = window_of(*terms, owner, first);
    Lots lots = handed_over(world, owner, meter, entity);
    visit(key(window), lots);
    while (window.end <= until) {
        const Period next = window_of(*terms, owner, window.end);
        lots = settled(world, owner, key(window), std::move(lots), next);
        window = next;
        visit(key(window), lots);
    }
}

}  // namespace

Rational sum_of(const Lots& lots) {
    Rational sum = 0;
    for (const Lot& lot : lots) sum += lot.amount;
    return sum;
}

Lots carried(const World& world, const Subscription& owner, const std::string& meter,
             const std::string& entity, Instant at) {
    Lots found;
    walk(world, owner, meter, entity, at, [&](const Window& window, const Lots& lots) {
        found = window.start <= at && at < window.end ? left_in(world, window, lots) : Lots{};
    });
    return found;
}

Rational spent_twice(const World& world, const Subscription& owner, const std::string& meter,
                     const std::string& entity) {
    Rational worst = 0;
    const Instant until = owner.end ? std::min(*owner.end, world.now) : world.now;
    walk(world, owner, meter, entity, until, [&](const Window& window, const Lots& lots) {
        worst = std::max(worst, Rational(world.amount(window, Bucket::Rollover) - sum_of(lots)));
    });
    for (const Subscription& other : world.subscriptions) {
        if (other.took_over_from == owner.seq)
            worst = std::max(worst, spent_twice(world, other, meter, entity));
    }
    return worst;
}

Rational can_give(World& world, const Window& window, Bucket bucket, Rational wanted) {
    const Subscription* owner = world.subscription(window.holder);
    if (owner == nullptr) return wanted;
    while (wanted > 0) {
        world.shares[window].push_back({bucket, 0, 0, wanted});
        const Rational twice = spent_twice(world, *owner, window.meter, window.entity);
        world.shares[window].pop_back();
        if (twice <= 0) break;
        wanted -= twice;
    }
    if (world.shares[window].empty()) world.shares.erase(window);
    return not_below_zero(wanted);
}

}  // namespace quipu::judge
