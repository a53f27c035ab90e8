// The naive ledger's answer to one use of a feature: who could pay, in order, and what is left
// over.
#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <utility>

#include "model/naive_ledger.h"
#include "support/literals.h"

namespace quipu::testing {

using base::Instant;
using base::Period;
using base::Quantity;
using ledger::Bucket;
using ledger::Code;
using rating::UsageModel;

namespace {

using Exact = boost::multiprecision::cpp_rational;

Exact exact(Quantity value) {
    return Exact(boost::multiprecision::cpp_int(value.coefficient()),
                 boost::multiprecision::cpp_int(Quantity::kOne));
}

// Half away from zero, at the last decimal. Not for negative values.
Quantity rounded(const Exact& value) {
    const Exact scaled = value * boost::multiprecision::cpp_int(Quantity::kOne) + Exact(1, 2);
    return Quantity::from_coefficient(static_cast<base::Int128>(
        boost::multiprecision::cpp_int(numerator(scaled) / denominator(scaled))));
}

bool bills_everything(const ledger::PlanFeature& terms) {
    return terms.card.usage_model == UsageModel::UsageBased;
}

}  // namespace

bool is_priced(const ledger::PlanFeature& terms) {
    return terms.card.overage_price || terms.card.price_per_unit || !terms.card.tiers.empty();
}

std::vector<NaiveLedger::Offer> NaiveLedger::offers(const std::string& meter,
                                                    const std::string& entity, Quantity cost,
                                                    Instant at) const {
    std::vector<Offer> found;
    for (const bool addon : {false, true}) {
        for (std::size_t seq = 1; seq <= subscriptions_.size(); ++seq) {
            const Subscription& subscription = subscriptions_[seq - 1];
            if (subscription.plan->is_addon != addon || at < subscription.start) {
                continue;
            }
            const ledger::PlanFeature* terms = ledger::find_plan_feature(*subscription.plan, meter);
            if (terms == nullptr) {
                continue;
            }
            // Seats are held for a billing period.
            const Period window =
                meter == "seats" ? subscription.period : window_at(*terms, subscription.start, at);
            found.push_back({seq, terms, {seq, meter, entity, window.start, window.end}, cost});
        }
    }
    return found;
}

std::vector<NaiveLedger::Offer> NaiveLedger::main_offers(const std::string& feature) const {
    auto direct = feature == "ai" ? std::vector<Offer>{} : offers(feature, {}, 1_u, now_);
    if (!direct.empty()) {
        return direct;
    }
    return feature == "ai" || feature == "gpt" || feature == "mini" ? offers("ai", {}, 1_u, now_)
                                                                    : direct;
}

bool NaiveLedger::may_charge(const Offer& offer) const {
    if (offer.terms == nullptr || offer.terms->card.usage_model == UsageModel::Prepaid) {
        return false;
    }
    const auto config = configs_.find(offer.window.meter);
    if (config != configs_.end() && config->second.overage &&
        *config->second.overage != offer.terms->overage) {
        return *config->second.overage == ledger::OverageMode::Charge && is_priced(*offer.terms);
    }
    return offer.terms->overage == ledger::OverageMode::Charge;
}

bool NaiveLedger::overage_fits(const Offer& offer, Quantity amount) {
    std::optional<Quantity> cap = offer.terms->max_overage_units;
    const auto config = configs_.find(offer.window.meter);
    if (config != configs_.end() && config->second.max_overage_units) {
        cap = config->second.max_overage_units;
    }
    if (cap && pooled_overage(offer.window) + amount > *cap) {
        return false;
    }
    if (!overage_limit_ || overage_limit_->reaction == ledger::LimitReaction::Notify) {
        return true;
    }
    // More units can cost less in all: what counts is the dearer of now and of all that is held.
    const auto dearer = [&](const auto& price) {
        const std::int64_t settled = price();
        if (really_used_ == nullptr) {
            return settled;
        }
        std::swap(shares_, *really_used_);
        const std::int64_t now = price();
        std::swap(shares_, *really_used_);
        return std::max(settled, now);
    };
    // What is open counts whole, what has ended as far as no invoice holds it.
    std::int64_t counted = 0;
    for (const Window& window : windows()) {
        if (currency_of(window.subscription) != currency_of(offer.subscription)) {
            continue;
        }
        if (window.end <= now_) {
            counted -= invoiced(window);
        }
        if (window.key() != offer.window.key()) {
            counted += dearer([&] { return charge(window); });
        }
    }
    counted +=
        dearer([&] { return naive_price(offer.terms->card, overage_of(offer.window) + amount); });
    return counted <= overage_limit_->max_minor;
}

NaiveAnswer NaiveLedger::use(const Use& wanted) {
    const std::string& feature = wanted.feature;
    const std::string& entity = wanted.entity;
    const Instant at = wanted.at;
    if (ledger::find_feature(catalog_, feature) == nullptr && feature != "ai") {
        return naive_refusal(Code::FeatureNotFound);
    }
    if (!entity.empty()) {
        const bool there = std::ranges::any_of(
            entities_, [&](const EntityFact& known) { return known.entity == entity; });
        if (!there && wanted.settling.empty()) {
            return naive_refusal(Code::EntityNotFound);
        }
    }
    const auto granting = [&](const Subscription& each) { return each.start <= at; };
    if (std::ranges::none_of(subscriptions_, granting)) {
        return naive_refusal(Code::NoActiveSubscription);
    }

    Quantity cost = 1_u;
    bool in_system = feature == "ai";
    for (const ledger::CreditCost& child : catalog_.credit_systems.at(0).features) {
        if (child.feature != feature) {
            continue;
        }
        in_system = true;
        cost = child.cost;
    }
    auto direct = feature == "ai" ? std::vector<Offer>{} : offers(feature, entity, 1_u, at);
    auto pools = in_system ? offers("ai", entity, cost, at) : std::vector<Offer>{};
    std::vector<std::uint32_t> grants;
    for (std::uint32_t grant = 1; in_system && grant <= grants_.size(); ++grant) {
        if (grant_left(grant) > 0_u) {
            grants.push_back(grant);
        }
    }
    if (in_system && pools.empty() && !grants.empty()) {
        // Add-on credits alone: they are counted on the first base plan, in one window.
        std::size_t seq = 0;
        for (const bool addon : {false, true}) {
            for (std::size_t i = 1; i <= subscriptions_.size() && seq == 0; ++i) {
                if (subscriptions_[i - 1].plan->is_addon == addon &&
                    granting(subscriptions_[i - 1])) {
                    seq = i;
                }
            }
        }
        pools.push_back({seq,
                         nullptr,
                         {seq, "ai", entity, subscriptions_[seq - 1].start, base::kEndOfTime},
                         cost});
    }
    const std::vector<Offer>& main = direct.empty() ? pools : direct;
    if (main.empty()) {
        return naive_refusal(Code::FeatureNotInPlan);
    }
    if (feature == "seats") {
        if (wanted.record) {
            return naive_refusal(Code::UnknownFeatureType);
        }
        std::vector<NaiveShare> used = std::exchange(shares_, used_or_held({}));
        really_used_ = &used;
        const NaiveAnswer answer = seats(feature, wanted.value);
        really_used_ = nullptr;
        shares_ = std::move(used);
        return answer;
    }

    // Whatever others hold is as good as used, until the decision is made.
    std::vector<NaiveShare> used = std::exchange(shares_, used_or_held(wanted.settling));
    really_used_ = &used;
    Quantity rest = wanted.value;         // as the shares have it
    Exact missing = exact(wanted.value);  // tracked units that nobody has paid for
    std::vector<NaiveShare> shares;
    const auto give = [&](const Offer& offer, Bucket bucket, Quantity available,
                          std::uint32_t grant) {
        Quantity units = rest;
        Quantity amount = rounded(missing * exact(offer.cost));
        if (amount > available) {
            if (available <= 0_u) {
                return;
            }
            amount = available;
            units = std::min(rest, rounded(exact(available) / exact(offer.cost)));
            missing -= exact(available) / exact(offer.cost);
        } else {
            missing = 0;
        }
        shares.push_back({bucket,
                          offer.subscription,
                          offer.window.meter,
                          entity,
                          {offer.window.start, offer.window.end},
                          grant,
                          units,
                          amount});
        rest -= units;
    };
    for (const std::vector<Offer>* list : {&direct, &pools}) {
        for (const Offer& offer : *list) {
            if (missing == 0) {
                break;
            }
            if (offer.terms != nullptr && bills_everything(*offer.terms)) {
                continue;
            }
            const auto limit = offer.terms != nullptr ? offer.terms->card.included : 0_u;
            if (!limit) {
                give(offer, Bucket::Allowance, rounded(missing * exact(offer.cost)), 0);
            } else {
                give(offer, Bucket::Allowance,
                     std::max(*limit - spent(offer.window, Bucket::Allowance), 0_u), 0);
            }
        }
    }
    for (const std::uint32_t grant : grants) {
        if (missing > 0 && grant_left(grant) > 0_u) {
            give(pools.front(), Bucket::Credit, grant_left(grant), grant);
        }
    }
    bool refused = false;
    if (missing > 0) {
        const Offer* charging = nullptr;
        for (const std::vector<Offer>* list : {&direct, &pools}) {
            for (const Offer& offer : *list) {
                if (charging == nullptr && may_charge(offer)) {
                    charging = &offer;
                }
            }
        }
        const Quantity amount =
            charging != nullptr ? rounded(missing * exact(charging->cost)) : 0_u;
        refused = charging == nullptr || !overage_fits(*charging, amount);
        if (!refused) {
            shares.push_back({Bucket::Overage,
                              charging->subscription,
                              charging->window.meter,
                              entity,
                              {charging->window.start, charging->window.end},
                              0,
                              rest,
                              amount});
        }
    }

    really_used_ = nullptr;
    shares_ = std::move(used);
    if (!refused && wanted.hold) {
        reservations_.push_back(*wanted.hold);
        reservations_.back().shares = shares;
    } else if (!refused && wanted.record) {
        std::erase_if(reservations_,
                      [&](const Reservation& held) { return held.name == wanted.settling; });
        shares_.insert(shares_.end(), shares.begin(), shares.end());
    }

    // Held units are not used, but the balance is without them.
    NaiveAnswer answer;
    answer.numbers = true;
    answer.limit = 0_u;
    for (const Offer& offer : main) {
        answer.overage += spent(offer.window, Bucket::Overage);
        answer.usage += spent(offer.window, Bucket::Allowance) +
                        spent(offer.window, Bucket::Credit) + spent(offer.window, Bucket::Overage);
        const auto limit = offer.terms != nullptr ? offer.terms->card.included : 0_u;
        if (!limit || (offer.terms != nullptr && bills_everything(*offer.terms))) {
            answer.limit.reset();
        } else if (answer.limit) {
            *answer.limit += *limit;
        }
    }
    if (answer.limit) {
        used = std::exchange(shares_, used_or_held({}));
        Quantity allowance;
        for (const Offer& offer : main) {
            allowance += spent(offer.window, Bucket::Allowance);
        }
        answer.balance = std::max(*answer.limit - allowance, 0_u);
        // Whatever draws on a system may spend all of it, in the unit of its own meter.
        Quantity credits;
        bool unlimited = false;
        for (std::uint32_t grant = 1; in_system && grant <= grants_.size(); ++grant) {
            credits += grant_left(grant);
        }
        for (const Offer& pool : direct.empty() ? std::vector<Offer>{} : pools) {
            const auto limit = pool.terms != nullptr ? pool.terms->card.included : 0_u;
            unlimited =
                unlimited || !limit || (pool.terms != nullptr && bills_everything(*pool.terms));
            if (limit) {
                credits += std::max(*limit - spent(pool.window, Bucket::Allowance), 0_u);
            }
        }
        const Quantity unit = direct.empty() ? cost : 1_u;
        Quantity worth = rounded(exact(credits) * exact(unit) / exact(cost));
        if (rounded(exact(worth) * exact(cost) / exact(unit)) > credits) {
            worth -= Quantity::from_coefficient(1);
        }
        *answer.balance += worth;
        if (unlimited) {
            answer.balance.reset();
        }
        shares_ = std::move(used);
    }
    if (refused) {
        answer.code = Code::LimitExceeded;
        return answer;
    }
    bool credit = false;
    bool overage = false;
    for (const NaiveShare& share : shares) {
        credit = credit || share.bucket == Bucket::Credit;
        overage = overage || share.bucket == Bucket::Overage;
        if (share.bucket == Bucket::Credit) {
            answer.addon_used += share.amount;
        }
    }
    const bool sold = std::ranges::any_of(main, [](const Offer& offer) {
        return offer.terms != nullptr && bills_everything(*offer.terms);
    });
    answer.shares = shares;
    answer.code = overage && !sold ? (wanted.as_check ? Code::OverageAllowed : Code::TrackedOverage)
                  : credit         ? Code::AddonCreditsUsed
                                   : (wanted.as_check ? Code::AccessGranted : Code::Tracked);
    return answer;
}

}  // namespace quipu::testing
