// Whether more overage may happen at all (docs/contract/overage.md#guard): block, card, unit cap,
// money cap.
#include <algorithm>

#include "ledger/usage/decide_usage.h"
#include "rating/price.h"

namespace quipu::ledger {
namespace {

using base::Quantity;

// All charges of one currency that an invoice may yet have to hold.
constexpr std::int64_t kMaxChargesMinor = 100'000'000'000'000'000;

}  // namespace

OverageVerdict guard_overage(const Account& account, const BillingSettings& settings,
                             const Holds& holds, const Source& source, Quantity amount,
                             base::Instant now) {
    OverageVerdict verdict;
    if (account.overage_block) {
        verdict.refusal = Refusal::Blocked;
        return verdict;
    }
    const bool needs_method = takes_payments(settings) && settings.require_payment_method;
    if (needs_method && account.default_method() == nullptr) {
        verdict.refusal = Refusal::NoPaymentMethod;
        return verdict;
    }
    const MeterWindow none;
    const MeterWindow& own = source.used != nullptr ? *source.used : none;
    if (const auto cap = overage_cap(account, source)) {
        const Meter* customers =
            account.find_meter({source.subscription->seq, source.meter_feature, {}});
        const MeterWindow* pooled =
            customers != nullptr ? customers->find(source.window.start) : nullptr;
        const Quantity used = (pooled != nullptr ? pooled->pooled_overage : Quantity{}) +
                              holds.pooled_overage(source);
        if (used + amount > *cap) {
            verdict.refusal = Refusal::OverageUnitsCap;
            verdict.used = used;
            verdict.cap = *cap;
            return verdict;
        }
    }
    verdict.overage_after = own.overage + amount;
    const auto charge = rating::price_minor(source.terms->grant.card, verdict.overage_after);
    std::optional<std::int64_t> charge_then = charge;  // with what is held of this meter
    if (!source.held_overage.is_zero()) {
        charge_then = rating::price_minor(source.terms->grant.card,
                                          verdict.overage_after + source.held_overage);
    }
    if (!charge || !charge_then || verdict.overage_after + source.held_overage > base::kMaxTotal) {
        verdict.out_of_range = true;
        return verdict;
    }
    verdict.charge_after = *charge;
    std::int64_t before = capped_charges(account, source.currency, now);
    const bool capped =
        account.overage_limit && account.overage_limit->reaction == LimitReaction::Block;
    if (capped) before += holds.charges_beside(source);
    // Judged on the total after the request (docs/contract/overage.md#money-cap), as it is and as
    // it will be when what is held has been settled.
    const base::Int128 after =
        static_cast<base::Int128>(before) + std::max(*charge, *charge_then) - own.charge_minor;
    if (after > kMaxChargesMinor) {
        verdict.out_of_range = true;
        return verdict;
    }
    if (capped && after > account.overage_limit->max_minor) {
        verdict.refusal = Refusal::OverageAmountCap;
        verdict.used = Quantity::from_int(before);
        verdict.cap = Quantity::from_int(account.overage_limit->max_minor);
    }
    return verdict;
}

}  // namespace quipu::ledger
