#include "ledger/usage/sources.h"

#include <algorithm>
#include <tuple>

#include "ledger/usage/rollover.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Quantity;

constexpr Quantity kOne = Quantity::from_int(1);

std::vector<const Subscription*> granting_order(const Account& account, Instant at) {
    std::vector<const Subscription*> granting;
    granting.reserve(account.subscriptions.size());
    for (const Subscription& subscription : account.subscriptions) {
        if (granted_at(subscription, at)) granting.push_back(&subscription);
    }
    std::ranges::stable_partition(granting, [](const Subscription* s) { return !s->is_addon; });
    return granting;
}

std::optional<Quantity> effective_limit(const PlanFeature& grant, bool trialing) {
    if (trialing && grant.trial_limit) return grant.trial_limit;
    return grant.card.included;
}

// Windows count from the anchor, which a trial's end moves; a trial's own count from its start.
Instant anchor_of(const Subscription& subscription, Instant at) {
    return was_trial(subscription, at) ? subscription.created_at : subscription.anchor;
}

// Windows from before an entity existed carry nothing on for it.
void add_rollover(const Account& account, Source& source, const Meter* meter, Instant anchor) {
    Instant first = anchor;
    if (!source.entity.empty()) {
        const Entity* entity = account.find_entity_of_any_feature(source.entity);
        if (entity != nullptr) first = std::max(first, entity->created_at);
    }
    source.handed_on = meter != nullptr && !meter->windows.empty() &&
                       meter->windows.rbegin()->first > source.window.start;
    if (source.handed_on) return;  // a later window has it
    if (source.used != nullptr) {
        source.rollover = source.used->rollover;
        return;
    }
    source.rollover =
        carried_into(meter, source.terms->grant, *source.limit, anchor, first, source.window);
    source.opens_window = !source.rollover.empty();
}

Source make_source(const Account& account, const Subscription& subscription, const PlanTerms& plan,
                   const Terms& terms, Quantity cost, std::string_view entity, Instant at,
                   bool seats) {
    Source source;
    source.subscription = &subscription;
    source.terms = &terms;
    source.meter_feature = terms.grant.feature;
    source.entity = entity;
    if (plan.sold != nullptr) source.currency = plan.sold->currency;
    source.cost = cost;
    // Seats are held for a billing period.
    source.window = seats ? subscription.period
                          : window_at(terms.grant.reset, terms.grant.alignment,
                                      anchor_of(subscription, at), at);
    source.trialing = subscription.status == SubscriptionStatus::Trialing ||
                      subscription.ended_in_trial || was_trial(subscription, at);
    source.limit = effective_limit(terms.grant, source.trialing);
    const Meter* meter = account.find_meter({subscription.seq, source.meter_feature, entity});
    if (meter != nullptr) source.used = meter->find(source.window.start);
    if (terms.grant.rollover && !seats && source.limit && !source.trialing &&
        !source.bills_all_usage()) {
        add_rollover(account, source, meter, anchor_of(subscription, at));
    }
    return source;
}

std::vector<const CreditGrant*> spendable_grants(const Account& account, std::string_view system,
                                                 Instant now) {
    std::vector<const CreditGrant*> grants;
    for (const CreditGrant& grant : account.grants) {
        const bool expired = grant.expires_at && *grant.expires_at <= now;
        if (grant.system == system && grant.remaining.is_positive() && !expired) {
            grants.push_back(&grant);
        }
    }
    return grants;
}

auto spending_order(const GrantSource& source) {
    const CreditGrant& grant = *source.grant;
    return std::tuple(grant.priority, grant.expires_at.value_or(base::kEndOfTime), grant.seq);
}

// One that has been given since says nothing of what was before.
const Override* override_at(const Account& account, std::string_view feature, Instant at) {
    const Override* granted = account.find_override(feature);
    return granted != nullptr && granted->created_at <= at ? granted : nullptr;
}

// An override has no price of its own (docs/contract/checks-and-usage.md#overrides). The meter that
// it goes on with may hold overage of the plan's, and whatever changes that is priced as it was
// sold.
rating::RateCard price_as_sold(const Terms* sold) {
    if (sold == nullptr || sold->grant.card.usage_model == rating::UsageModel::Prepaid) return {};
    rating::RateCard card = sold->grant.card;
    card.overage_price = rating::package_price(card);
    card.usage_model = rating::UsageModel::Included;
    return card;
}

// An override grants like a plan that includes its limit and blocks overage.
std::unique_ptr<OverrideGrant> override_grant(const Override& granted) {
    auto grant = std::make_unique<OverrideGrant>();
    grant->holder.created_at = grant->holder.anchor = granted.created_at;
    grant->holder.period = {granted.created_at, base::kEndOfTime};
    grant->terms.grant.feature = granted.feature;
    grant->terms.grant.reset = granted.reset;
    grant->terms.billing = Interval::None;
    return grant;
}

// Usage goes on where the plan counted it; without a plan, on a meter of the customer's own.
const Subscription& holder_of(const std::vector<const Subscription*>& live, const CatalogBook& book,
                              std::string_view slug, const OverrideGrant& grant) {
    for (const Subscription* subscription : live) {
        const PlanTerms* plan = book.terms(*subscription);
        if (plan != nullptr && plan->find(slug) != nullptr) return *subscription;
    }
    return live.empty() ? grant.holder : *live.front();
}

// Add-on credits without a plan that includes the system: a pool with nothing in it, so that the
// spending has a meter.
Source empty_pool(const Account& account, const Subscription& subscription, std::string_view system,
                  Quantity cost, std::string_view entity) {
    Source source;
    source.subscription = &subscription;
    source.meter_feature = system;
    source.entity = entity;
    source.cost = cost;
    source.window = {subscription.anchor, base::kEndOfTime};
    source.limit = Quantity{};
    if (const Meter* meter = account.find_meter({subscription.seq, system, entity})) {
        source.used = meter->find(source.window.start);
    }
    return source;
}

}  // namespace

bool was_trial(const Subscription& subscription, Instant at) {
    return subscription.created_at < subscription.anchor && at < subscription.anchor;
}

bool Source::bills_all_usage() const {
    return terms != nullptr && !trialing &&
           terms->grant.card.usage_model == rating::UsageModel::UsageBased;
}

MeterKey Source::meter_key() const {
    return {subscription->seq, std::string(meter_feature), std::string(entity)};
}

Quantity Source::allowance_left() const {
    if (handed_on) return Quantity{};
    const Quantity taken = used != nullptr ? used->allowance_used : Quantity{};
    return std::max(*limit - taken - held, Quantity{});
}

bool has_subscription(const Account& account, Instant at) {
    return std::ranges::any_of(account.subscriptions,
                               [&](const Subscription& each) { return granted_at(each, at); });
}

bool has_override(const Account& account, const CatalogBook& book, std::string_view feature,
                  Instant at) {
    if (account.overrides.empty()) return false;
    if (override_at(account, feature, at) != nullptr) return true;
    return std::ranges::any_of(book.newest().credit_systems, [&](const CreditSystem& system) {
        return override_at(account, system.slug, at) != nullptr &&
               std::ranges::find(system.features, feature, &CreditCost::feature) !=
                   system.features.end();
    });
}

Sources find_sources(const Account& account, const CatalogBook& book, std::string_view feature,
                     std::string_view entity, Instant at, Instant now) {
    Sources sources;
    const auto live = granting_order(account, at);
    const Feature* known = find_feature(book.newest(), feature);
    const bool seats = known != nullptr && is_seats(*known);
    if (seats) entity = {};  // the customer holds them, whoever is asked about
    const auto collect = [&](std::string_view slug, Quantity system_cost,
                             std::vector<Source>& into) {
        if (const Override* granted = override_at(account, slug, at)) {
            sources.overrides.push_back(override_grant(*granted));
            OverrideGrant& grant = *sources.overrides.back();
            static const PlanTerms kNoPlan;
            const Subscription& holder = holder_of(live, book, slug, grant);
            const PlanTerms* plan = book.terms(holder);
            grant.terms.grant.card = price_as_sold(plan != nullptr ? plan->find(slug) : nullptr);
            grant.terms.grant.card.included = granted->limit;
            into.push_back(make_source(account, holder, plan != nullptr ? *plan : kNoPlan,
                                       grant.terms, system_cost.is_positive() ? system_cost : kOne,
                                       entity, at, seats));
            into.back().trialing = false;
            into.back().limit = granted->limit;
            return;
        }
        for (const Subscription* subscription : live) {
            const PlanTerms* plan = book.terms(*subscription);
            const Terms* terms = plan != nullptr ? plan->find(slug) : nullptr;
            if (terms == nullptr || !terms->holds_at(subscription->anchor, at)) continue;
            const Quantity own_cost = terms->grant.credit_cost;
            const Quantity cost = system_cost.is_positive() ? system_cost
                                  : own_cost.is_positive()  ? own_cost
                                                            : kOne;
            into.push_back(
                make_source(account, *subscription, *plan, *terms, cost, entity, at, seats));
        }
    };

    const bool is_system = find_credit_system(book.newest(), feature) != nullptr;
    if (!is_system) collect(feature, Quantity{}, sources.direct);
    for (const CreditSystem& system : book.newest().credit_systems) {
        Quantity cost = kOne;
        if (system.slug != feature) {
            const auto child = std::ranges::find(system.features, feature, &CreditCost::feature);
            if (is_system || child == system.features.end()) continue;
            // A child that costs nothing draws one credit per unit
            // (docs/contract/credits.md#systems).
            cost = child->cost.is_positive() ? child->cost : kOne;
        }
        const std::size_t pool = sources.pools.size();
        collect(system.slug, cost, sources.pools);
        const auto grants = spendable_grants(account, system.slug, now);
        if (sources.pools.size() == pool) {
            if (grants.empty() || live.empty()) continue;
            sources.pools.push_back(empty_pool(account, *live.front(), system.slug, cost, entity));
        }
        for (const CreditGrant* grant : grants) sources.grants.push_back({grant, pool});
        if (!sources.system.empty()) continue;
        sources.system = system.slug;
        sources.system_cost = cost;
    }
    std::ranges::stable_sort(sources.grants, {}, spending_order);
    return sources;
}

Quantity addon_balance(const Account& account, std::string_view system, Instant now) {
    Quantity balance;
    for (const CreditGrant* grant : spendable_grants(account, system, now)) {
        Quantity left = grant->remaining;
        for (const Reservation& reservation : account.reservations) {
            for (const Posting& posting : reservation.postings) {
                if (posting.bucket == Bucket::Credit && posting.grant == grant->seq)
                    left -= posting.amount;
            }
        }
        balance += std::max(left, Quantity{});
    }
    return balance;
}

const Terms* terms_of(const Account& account, const CatalogBook& book, const MeterKey& meter) {
    const Subscription* owner = account.find_subscription(meter.subscription);
    const PlanTerms* plan = owner != nullptr ? book.terms(*owner) : nullptr;
    return plan != nullptr ? plan->find(meter.feature) : nullptr;
}

rating::RateCard rate_card_of(const Account& account, const CatalogBook& book,
                              const MeterKey& meter) {
    const Terms* terms = terms_of(account, book, meter);
    if (account.find_override(meter.feature) != nullptr) return price_as_sold(terms);
    return terms != nullptr ? terms->grant.card : rating::RateCard{};
}

std::optional<Quantity> at_cost(Quantity units, Quantity cost) {
    if (cost == kOne) return units;
    const auto product = units.times(cost);
    if (!product) return std::nullopt;
    return Quantity::from_coefficient(
        base::divide_rounding(product->coefficient(), Quantity::kOne));
}

OverageMode overage_mode(const Account& account, const Source& source) {
    if (source.terms == nullptr || source.trialing) return OverageMode::Block;
    const PlanFeature& grant = source.terms->grant;
    if (grant.card.usage_model == rating::UsageModel::Prepaid) return OverageMode::Block;
    const FeatureConfig* config = account.find_config(source.meter_feature);
    const bool chosen = config != nullptr && config->overage;
    if (!chosen || *config->overage == grant.overage) return grant.overage;
    if (*config->overage == OverageMode::Charge && !has_overage_price(grant))
        return OverageMode::Block;
    return *config->overage;
}

std::optional<Quantity> overage_cap(const Account& account, const Source& source) {
    const FeatureConfig* config = account.find_config(source.meter_feature);
    if (config != nullptr && config->max_overage_units) return config->max_overage_units;
    return source.terms != nullptr ? source.terms->grant.max_overage_units : std::nullopt;
}

}  // namespace quipu::ledger
