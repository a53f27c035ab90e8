#include "ledger/subscriptions/switching.h"

#include "base/decimal.h"

namespace quipu::ledger {
namespace {

// price * numerator / denominator is the price per month, as the reference counts it.
struct Ratio {
    std::int64_t numerator;
    std::int64_t denominator;
};

Ratio per_month(Interval interval) {
    switch (interval) {
        case Interval::Hourly:
            return {720, 1};
        case Interval::Daily:
            return {30, 1};
        case Interval::Weekly:
            return {4, 1};
        case Interval::Quarterly:
            return {1, 3};
        case Interval::SemiAnnual:
            return {1, 6};
        case Interval::Yearly:
            return {1, 12};
        default:
            return {1, 1};
    }
}

}  // namespace

const Subscription* replaced_by(const Account& account, const CatalogBook& book, const Plan& plan) {
    if (plan.billing_type == BillingType::OneTime || plan.is_addon) return nullptr;
    for (const Subscription& subscription : account.subscriptions) {
        if (!is_live(subscription) || subscription.is_addon) continue;
        const Plan* current = book.plan(subscription.plan, subscription.catalog_version);
        if (current == nullptr || current->billing_type == BillingType::OneTime) continue;
        if (current->group == plan.group) return &subscription;
    }
    return nullptr;
}

const Subscription* makes_room_for(const Account& account, const CatalogBook& book,
                                   const Plan& plan) {
    if (const Subscription* live = replaced_by(account, book, plan)) return live;
    if (plan.billing_type == BillingType::OneTime || plan.is_addon) return nullptr;
    for (const Subscription& subscription : account.subscriptions) {
        if (subscription.status != SubscriptionStatus::PastDue || subscription.is_addon) continue;
        const Plan* current = book.plan(subscription.plan, subscription.catalog_version);
        if (current != nullptr && current->group == plan.group) return &subscription;
    }
    return nullptr;
}

AttachType switch_type(const Plan& from, const Plan& to) {
    const Ratio before = per_month(from.interval);
    const Ratio after = per_month(to.interval);
    const base::Int128 old_price =
        static_cast<base::Int128>(from.price_minor) * before.numerator * after.denominator;
    const base::Int128 new_price =
        static_cast<base::Int128>(to.price_minor) * after.numerator * before.denominator;
    if (new_price > old_price) return AttachType::Upgrade;
    return new_price < old_price ? AttachType::Downgrade : AttachType::Lateral;
}

}  // namespace quipu::ledger
