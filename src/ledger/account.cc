#include "ledger/account.h"

#include <algorithm>

namespace quipu::ledger {

std::string_view name_of(SubscriptionStatus status) {
    switch (status) {
        case SubscriptionStatus::Active:
            return "active";
        case SubscriptionStatus::Trialing:
            return "trialing";
        case SubscriptionStatus::Pending:
            return "pending";
        case SubscriptionStatus::PendingCancel:
            return "pending_cancel";
        case SubscriptionStatus::PastDue:
            return "past_due";
        case SubscriptionStatus::Canceled:
            return "canceled";
        case SubscriptionStatus::Expired:
            return "expired";
        case SubscriptionStatus::Refunded:
            return "refunded";
    }
    return "expired";
}

const Subscription* Account::find_subscription(std::uint32_t seq) const {
    return seq >= 1 && seq <= subscriptions.size() ? &subscriptions[seq - 1] : nullptr;
}

Subscription* Account::find_subscription(std::uint32_t seq) {
    return seq >= 1 && seq <= subscriptions.size() ? &subscriptions[seq - 1] : nullptr;
}

const FeatureConfig* Account::find_config(std::string_view feature) const {
    const auto found = std::ranges::find(feature_configs, feature, &FeatureConfig::feature);
    return found == feature_configs.end() ? nullptr : &*found;
}

const Meter* Account::find_meter(const MeterKeyView& key) const {
    const auto found = meters.find(key);
    return found == meters.end() ? nullptr : &found->second;
}

const Entity* Account::find_entity(std::string_view feature, std::string_view entity) const {
    const auto found = entities.find(EntityKey{std::string(feature), std::string(entity)});
    return found == entities.end() ? nullptr : &found->second;
}

const Entity* Account::find_entity_of_any_feature(std::string_view entity) const {
    const Entity* pending = nullptr;
    for (const auto& [feature, count] : entity_counts) {
        const Entity* found = find_entity(feature, entity);
        if (found != nullptr && !found->remove_at) return found;
        if (found != nullptr) pending = found;
    }
    return pending;
}

std::uint32_t Account::entity_count(std::string_view feature) const {
    const auto found = entity_counts.find(feature);
    return found == entity_counts.end() ? 0 : found->second;
}

const Override* Account::find_override(std::string_view feature) const {
    const auto found = std::ranges::find(overrides, feature, &Override::feature);
    return found == overrides.end() ? nullptr : &*found;
}

const Reservation* Account::find_reservation(std::string_view reservation) const {
    const auto found = std::ranges::find(reservations, reservation, &Reservation::id);
    return found == reservations.end() ? nullptr : &*found;
}

const PaymentMethod* Account::find_method(std::string_view method) const {
    const auto found = std::ranges::find(payment_methods, method, &PaymentMethod::id);
    return found == payment_methods.end() ? nullptr : &*found;
}

const PaymentMethod* Account::default_method() const {
    const auto found = std::ranges::find_if(
        payment_methods, [](const PaymentMethod& m) { return m.is_default && m.is_valid; });
    return found == payment_methods.end() ? nullptr : &*found;
}

const PaymentIntent* Account::find_intent(std::string_view intent) const {
    const auto found = std::ranges::find(intents, intent, &PaymentIntent::id);
    return found == intents.end() ? nullptr : &*found;
}

const Dunning* Account::find_dunning(std::uint32_t invoice) const {
    const auto found = std::ranges::find(dunnings, invoice, &Dunning::invoice);
    return found == dunnings.end() ? nullptr : &*found;
}

std::int64_t capped_charges(const Account& account, base::Currency currency, base::Instant now) {
    const auto unbilled = account.unbilled_charges.find(currency);
    std::int64_t sum = unbilled != account.unbilled_charges.end() ? unbilled->second : 0;
    const auto invoiced = account.invoiced_charges.find(currency);
    if (invoiced == account.invoiced_charges.end()) return sum;
    for (auto at = invoiced->second.upper_bound(now); at != invoiced->second.end(); ++at)
        sum += at->second;
    return sum;
}

base::Instant earliest_timer(const Account& account) {
    base::Instant due = account.threshold_due.value_or(base::kEndOfTime);
    for (const Subscription& subscription : account.subscriptions) {
        if (has_period(subscription)) due = std::min(due, subscription.period.end);
        if (is_live(subscription) && subscription.past_due_at)
            due = std::min(due, *subscription.past_due_at);
    }
    for (const Override& granted : account.overrides) {
        if (granted.expires_at) due = std::min(due, *granted.expires_at);
    }
    for (const Reservation& held : account.reservations) due = std::min(due, held.expires_at);
    for (const PaymentIntent& intent : account.intents) {
        if (is_open_page(intent)) due = std::min(due, intent.expires_at);
    }
    for (const Dunning& dunning : account.dunnings) {
        if (dunning.next_attempt_at) due = std::min(due, *dunning.next_attempt_at);
    }
    if (!account.removals.empty()) due = std::min(due, account.removals.begin()->first);
    for (const CreditGrant& grant : account.grants) {
        if (grant.expires_at && grant.remaining.is_positive())
            due = std::min(due, *grant.expires_at);
    }
    return due;
}

}  // namespace quipu::ledger
