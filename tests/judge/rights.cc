#include "judge/rights.h"

#include <algorithm>

#include "judge/windows.h"

namespace quipu::judge {

using base::Instant;
using base::Period;
using ledger::Bucket;
using rating::UsageModel;

namespace {

Rational system_cost(const ledger::CreditSystem& system, const std::string& feature) {
    for (const ledger::CreditCost& child : system.features) {
        if (child.feature == feature)
            return child.cost.is_positive() ? of(child.cost) : Rational(1);
    }
    return 1;
}

bool draws_on(const ledger::CreditSystem& system, const std::string& feature) {
    return system.slug == feature ||
           std::ranges::find(system.features, feature, &ledger::CreditCost::feature) !=
               system.features.end();
}

// The moment whose terms hold for a window: now, or the last one that it and its plan had.
Instant settled_at(const Subscription& owner, Period window, bool in_trial, Instant now) {
    Instant at = std::min(now, Instant{window.end.micros - 1});
    if (in_trial) at = std::min(at, Instant{owner.trial_end->micros - 1});
    if (owner.end) at = std::min(at, Instant{owner.end->micros - 1});
    return std::max(at, owner.begin);
}

Source plan_source(const World& world, const Subscription& owner, ledger::PlanFeature terms,
                   const Rational& cost, const std::string& entity, Instant at) {
    Source source;
    source.subscription = &owner;
    source.cost = cost;
    source.trialing = owner.trialing_at(at);
    const Period window =
        is_seats(world, terms.feature)
            ? owner.period
            : window_around(terms.reset, terms.alignment, owner.anchor_at(at), at);
    source.window = {owner.seq, terms.feature, entity, window.start, window.end};
    source.limit = limit_of(world, owner, terms.feature, window, source.trialing);
    source.terms = std::move(terms);
    return source;
}

Source override_source(const OverrideFact& fact, const Rational& cost, const std::string& entity,
                       Instant at) {
    Source source;
    source.cost = cost;
    source.terms.feature = fact.granted.feature;
    source.terms.reset = fact.granted.reset;
    source.limit = of(fact.granted.limit);
    const Period window =
        window_around(fact.granted.reset, ledger::Alignment::Subscription, fact.from, at);
    source.window = {fact.holder, fact.granted.feature, entity, window.start, window.end};
    return source;
}

std::vector<Source> sources_of(const World& world, const std::string& meter,
                               const std::optional<Rational>& cost, const std::string& entity,
                               Instant at) {
    std::vector<Source> found;
    for (const Subscription* owner : granting(world, at)) {
        auto terms = world.catalogs.terms(owner->sold, meter, owner->anchor_at(at), at);
        if (!terms) continue;
        const Rational own =
            terms->credit_cost.is_positive() ? of(terms->credit_cost) : Rational(1);
        found.push_back(
            plan_source(world, *owner, std::move(*terms), cost.value_or(own), entity, at));
    }
    for (const OverrideFact& fact : world.overrides) {
        if (fact.granted.feature == meter && fact.holds_at(at))
            found.push_back(override_source(fact, cost.value_or(Rational(1)), entity, at));
    }
    return found;
}

// Packs without a plan that includes the system: a pool with nothing in it, so that what they pay
// is counted somewhere.
Source empty_pool(const Subscription& owner, const std::string& system, const Rational& cost,
                  const std::string& entity, Instant at) {
    Source source;
    source.subscription = &owner;
    source.terms_known = false;
    source.terms.feature = system;
    source.limit = Rational(0);
    source.cost = cost;
    source.window = {owner.seq, system, entity, owner.anchor_at(at), base::kEndOfTime};
    return source;
}

System system_at(const World& world, const ledger::CreditSystem& system, const std::string& feature,
                 const std::string& entity, Instant at, bool spent_too) {
    System found{system.slug, system_cost(system, feature), {}, {}};
    found.pools = sources_of(world, system.slug, found.cost, entity, at);
    for (std::size_t grant = 1; grant <= world.grants.size(); ++grant) {
        if (world.grants[grant - 1].system != system.slug) continue;
        if (spent_too || world.credits_left(grant) > 0) found.grants.push_back(grant);
    }
    const auto holders = granting(world, at);
    if (found.pools.empty() && !found.grants.empty() && !holders.empty())
        found.pools.push_back(empty_pool(*holders.front(), system.slug, found.cost, entity, at));
    return found;
}

}  // namespace

bool Source::bills_all_usage() const {
    return terms_known && !trialing && terms.card.usage_model == UsageModel::UsageBased;
}

std::vector<Source> Rights::main() const {
    return !direct.empty() || systems.empty() ? direct : systems.front().pools;
}

std::vector<Source> Rights::all() const {
    std::vector<Source> sources = direct;
    for (const System& system : systems)
        sources.insert(sources.end(), system.pools.begin(), system.pools.end());
    return sources;
}

bool is_seats(const World& world, const std::string& feature) {
    const ledger::Feature* known =
        ledger::find_feature(world.catalogs.in_force(world.now), feature);
    return known != nullptr && ledger::is_seats(*known);
}

std::vector<const Subscription*> granting(const World& world, Instant at) {
    std::vector<const Subscription*> live;
    for (const bool addon : {false, true}) {
        for (const Subscription& subscription : world.subscriptions) {
            if (subscription.addon == addon && subscription.live_at(at))
                live.push_back(&subscription);
        }
    }
    return live;
}

Rights rights_at(const World& world, const std::string& feature, const std::string& entity,
                 Instant at, bool spent_too) {
    Rights rights;
    const ledger::Catalog& catalog = world.catalogs.in_force(world.now);
    const std::string whose = is_seats(world, feature) ? "" : entity;
    if (ledger::find_credit_system(catalog, feature) == nullptr)
        rights.direct = sources_of(world, feature, std::nullopt, whose, at);
    for (const ledger::CreditSystem& system : catalog.credit_systems) {
        if (!draws_on(system, feature)) continue;
        System found = system_at(world, system, feature, whose, at, spent_too);
        if (!found.pools.empty()) rights.systems.push_back(std::move(found));
    }
    return rights;
}

bool anything_in_force(const World& world, const std::string& feature, Instant at) {
    if (!granting(world, at).empty()) return true;
    return std::ranges::any_of(world.overrides, [&](const OverrideFact& fact) {
        if (!fact.holds_at(at)) return false;
        const ledger::CreditSystem* system =
            ledger::find_credit_system(world.catalogs.in_force(world.now), fact.granted.feature);
        return fact.granted.feature == feature || (system != nullptr && draws_on(*system, feature));
    });
}

std::optional<Rational> limit_of(const World& world, const Subscription& owner,
                                 const std::string& meter, Period window, bool in_trial) {
    const Instant at = settled_at(owner, window, in_trial, world.now);
    auto terms = world.catalogs.terms(owner.sold, meter, owner.anchor_at(at), at);
    // It left the plan meanwhile, and the window goes on with what it had.
    if (!terms)
        terms = world.catalogs.terms(owner.sold, meter, owner.anchor_at(window.start),
                                     std::max(window.start, owner.begin));
    if (!terms) return Rational(0);
    if (in_trial && terms->trial_limit) return of(*terms->trial_limit);
    return of(terms->card.included);
}

Rational inherited_use(const World& world, const Subscription& owner, const std::string& meter,
                       const std::string& entity, Instant now) {
    if (owner.paid_at_begin) return 0;
    const Subscription* before = nullptr;  // that ended last
    for (const Subscription& other : world.subscriptions) {
        if (other.seq >= owner.seq || !other.end || *other.end > owner.begin) continue;
        const Instant last = std::max(other.begin, Instant{other.end->micros - 1});
        if (!world.catalogs.terms(other.sold, meter, other.anchor_at(last), last)) continue;
        if (before == nullptr || *before->end <= *other.end) before = &other;
    }
    if (before == nullptr) return 0;
    const Instant last = std::max(before->begin, Instant{before->end->micros - 1});
    const auto terms = world.catalogs.terms(before->sold, meter, before->anchor_at(last), last);
    const Period old = window_around(terms->reset, terms->alignment, before->anchor_at(last), last);
    if (old.end <= now || terms->card.usage_model == UsageModel::UsageBased) return 0;
    return world.amount({before->seq, meter, entity, old.start, old.end}, Bucket::Allowance) +
           inherited_use(world, *before, meter, entity, now);
}

Rational allowance_left(const World& world, const Source& source) {
    Rational used = world.amount(source.window, Bucket::Allowance);
    if (source.subscription != nullptr)
        used += inherited_use(world, *source.subscription, source.window.meter,
                              source.window.entity, world.now);
    return not_below_zero(*source.limit - used);
}

}  // namespace quipu::judge
