#include "ledger/usage/holds.h"

#include <algorithm>
#include <map>
#include <utility>

#include "rating/price.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Quantity;

bool is_of(const Posting& posting, const Source& source) {
    return posting.meter.subscription == source.subscription->seq &&
           posting.meter.feature == source.meter_feature &&
           posting.window.start == source.window.start;
}

void take_rollover(std::vector<RolloverLot>& lots, Quantity amount) {
    for (RolloverLot& lot : lots) {
        const Quantity taken = std::min(lot.amount, amount);
        lot.amount -= taken;
        amount -= taken;
    }
}

void hold(Source& source, const Posting& posting) {
    switch (posting.bucket) {
        case Bucket::Rollover:
            take_rollover(source.rollover, posting.amount);
            break;
        case Bucket::Prepaid:
        case Bucket::Allowance:
            source.held += posting.amount;
            break;
        case Bucket::Overage:
            source.held_overage += posting.amount;
            break;
        case Bucket::Credit:
            break;  // the grant's, below
    }
}

}  // namespace

Holds::Holds(const Account& account, const CatalogBook& book, std::string_view settling)
    : account_(account), book_(book) {
    for (const Reservation& reservation : account.reservations) {
        if (reservation.id == settling) continue;
        for (const Posting& posting : reservation.postings) held_.push_back(&posting);
    }
}

void Holds::lay_over(Sources& sources) const {
    if (held_.empty()) return;
    for (auto* list : {&sources.direct, &sources.pools}) {
        for (Source& source : *list) {
            for (const Posting* posting : held_) {
                if (is_of(*posting, source) && posting->meter.entity == source.entity)
                    hold(source, *posting);
            }
        }
    }
    for (GrantSource& source : sources.grants) {
        Quantity taken;
        for (const Posting* posting : held_) {
            if (posting->bucket == Bucket::Credit && posting->grant == source.grant->seq)
                taken += posting->amount;
        }
        if (taken.is_zero()) continue;
        sources.left.push_back(std::make_unique<CreditGrant>(*source.grant));
        sources.left.back()->remaining = std::max(source.grant->remaining - taken, Quantity{});
        source.grant = sources.left.back().get();
    }
    std::erase_if(sources.grants,
                  [](const GrantSource& source) { return !source.grant->remaining.is_positive(); });
}

Quantity Holds::pooled_overage(const Source& source) const {
    Quantity sum;
    for (const Posting* posting : held_) {
        if (posting->bucket == Bucket::Overage && is_of(*posting, source)) sum += posting->amount;
    }
    return sum;
}

std::int64_t Holds::charges_beside(const Source& source) const {
    std::map<std::pair<MeterKey, Instant>, Quantity> meters;
    for (const Posting* posting : held_) {
        if (posting->bucket != Bucket::Overage || posting->currency != source.currency) continue;
        const bool own = is_of(*posting, source) && posting->meter.entity == source.entity;
        if (!own) meters[{posting->meter, posting->window.start}] += posting->amount;
    }
    std::int64_t sum = 0;
    for (const auto& [key, amount] : meters) {
        const auto& [meter, start] = key;
        const Meter* known = account_.find_meter({meter.subscription, meter.feature, meter.entity});
        const MeterWindow* window = known != nullptr ? known->find(start) : nullptr;
        const Quantity used = window != nullptr ? window->overage : Quantity{};
        const std::int64_t charged = window != nullptr ? window->charge_minor : 0;
        const auto charge =
            rating::price_minor(rate_card_of(account_, book_, meter), used + amount);
        if (charge) sum += std::max<std::int64_t>(*charge - charged, 0);
    }
    return sum;
}

}  // namespace quipu::ledger
