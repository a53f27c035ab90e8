// The naive ledger's entities and seats.
#include <algorithm>
#include <utility>

#include "model/naive_ledger.h"
#include "support/literals.h"

namespace quipu::testing {

using base::Instant;
using base::Quantity;
using ledger::Code;

std::uint32_t NaiveLedger::entity_count(const std::string& feature) const {
    return static_cast<std::uint32_t>(std::ranges::count(entities_, feature, &EntityFact::feature));
}

NaiveAnswer NaiveLedger::seats(const std::string& feature, Quantity value) {
    const Quantity count = Quantity::from_int(entity_count(feature));
    const auto offers_of_seats = offers(feature, {}, 1_u, now_);
    NaiveAnswer answer;
    answer.numbers = true;
    answer.usage = count;
    answer.limit = 0_u;
    for (const Offer& offer : offers_of_seats) {
        if (!offer.terms->card.included) {
            answer.limit.reset();
        } else if (answer.limit) {
            *answer.limit += *offer.terms->card.included;
        }
    }
    answer.code = Code::AccessGranted;
    if (!answer.limit) {
        return answer;
    }
    answer.balance = std::max(*answer.limit - count, 0_u);
    answer.overage = std::max(count - *answer.limit, 0_u);
    if (count + value <= *answer.limit) {
        return answer;
    }
    answer.code = Code::LimitExceeded;
    for (const Offer& offer : offers_of_seats) {
        if (!may_charge(offer)) {
            continue;
        }
        const Quantity more =
            std::max(count + value - *answer.limit - overage_of(offer.window), 0_u);
        if (overage_fits(offer, more)) {
            answer.code = Code::OverageAllowed;
        }
        break;
    }
    return answer;
}

void NaiveLedger::count_seats() {
    if (entity_count("seats") == 0) {
        return;
    }
    const NaiveAnswer held = seats("seats", 0_u);
    for (const Offer& offer : offers("seats", {}, 1_u, now_)) {
        if (!may_charge(offer)) {
            continue;
        }
        if (held.limit && held.overage > 0_u) {
            seat_counts_.push_back({offer.subscription,
                                    "seats",
                                    {offer.window.start, offer.window.end},
                                    held.overage});
        }
        break;
    }
}

NaiveAnswer NaiveLedger::add_entity(const ledger::AddEntity& command) {
    for (EntityFact& known : entities_) {
        if (known.feature != command.feature || known.entity != command.entity) {
            continue;
        }
        if (!known.remove_at) {
            return naive_refusal(Code::EntityExists);
        }
        known.remove_at.reset();
        count_seats();
        NaiveAnswer restored;
        restored.entities = entity_count(command.feature);
        return restored;
    }
    if (subscriptions_.empty()) {
        return naive_refusal(Code::NoActiveSubscription);
    }
    const auto grants = main_offers(command.feature);
    if (grants.empty()) {
        return naive_refusal(Code::FeatureNotInPlan);
    }
    if (command.feature == "seats") {
        std::vector<NaiveShare> used = std::exchange(shares_, used_or_held({}));
        const Code seat = seats("seats", 1_u).code;
        shares_ = std::move(used);
        if (seat == Code::LimitExceeded) {
            return naive_refusal(Code::LimitExceeded);
        }
    } else {
        Quantity limit;
        bool unlimited = false;
        for (const Offer& offer : grants) {
            unlimited = unlimited || !offer.terms->card.included;
            if (offer.terms->card.included) {
                limit += *offer.terms->card.included;
            }
        }
        if (!unlimited && Quantity::from_int(entity_count(command.feature)) >= limit) {
            return naive_refusal(Code::LimitExceeded);
        }
    }
    entities_.push_back({command.feature, command.entity, std::nullopt});
    count_seats();
    NaiveAnswer added;
    added.entities = entity_count(command.feature);
    return added;
}

NaiveAnswer NaiveLedger::remove_entity(const ledger::RemoveEntity& command) {
    for (EntityFact& known : entities_) {
        if (known.feature != command.feature || known.entity != command.entity) {
            continue;
        }
        if (known.remove_at) {
            break;
        }
        const auto grants = main_offers(command.feature);
        const std::size_t seq = grants.empty() ? 1 : grants.front().subscription;
        known.remove_at = subscriptions_[seq - 1].period.end;
        NaiveAnswer removed;
        removed.entities = entity_count(command.feature);
        return removed;
    }
    return naive_refusal(Code::EntityNotFound);
}

}  // namespace quipu::testing
