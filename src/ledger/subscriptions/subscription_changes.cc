#include "ledger/subscriptions/subscription_changes.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/decision.h"
#include "ledger/invoicing/invoices.h"
#include "rating/proration.h"

namespace quipu::ledger {

using base::Instant;
using base::Period;

Subscription new_subscription(const Account& account, const Catalog& catalog, const Plan& plan,
                              Instant now) {
    Subscription subscription;
    const Subscription* waiting = pending_on(account, plan.slug);
    subscription.seq = waiting != nullptr
                           ? waiting->seq
                           : static_cast<std::uint32_t>(account.subscriptions.size() + 1);
    subscription.id =
        fmt::format("sub_{}_{}", account.id.substr(account.id.find('_') + 1), subscription.seq);
    subscription.plan = plan.slug;
    subscription.catalog_version = catalog.version;
    subscription.is_addon = plan.is_addon;
    subscription.created_at = now;
    subscription.anchor = now;
    subscription.period = plan.billing_type == BillingType::OneTime
                              ? Period{now, base::kEndOfTime}
                              : billing_period_at(plan.interval, now, now);
    return subscription;
}

void end_subscription(Events& events, const CatalogBook& book, const Subscription& subscription,
                      SubscriptionStatus status, Instant now, Ending ending) {
    events.emplace_back(SubscriptionEnded{subscription.seq, status, now, ending});
    const Plan* sold = book.plan(subscription.plan, subscription.catalog_version);
    if (sold == nullptr) return;
    events.emplace_back(WindowsSettled{subscription.seq, sold->currency, base::kEndOfTime,
                                       Instant{now.micros - kOldestMicros}});
}

void append_invoices(Events& events, const std::vector<Invoice>& invoices) {
    for (const Invoice& invoice : invoices) events.emplace_back(InvoiceIssued{invoice});
}

bool keeps_period(const Subscription& old, const Plan& from, const Plan& to) {
    return from.interval == to.interval && !is_free(from) && !is_free(to) &&
           old.status != SubscriptionStatus::Trialing;
}

Subscription replacement(const Account& account, const Catalog& catalog, const Subscription& old,
                         const Plan& from, const Plan& to, Instant now) {
    Subscription next = new_subscription(account, catalog, to, now);
    if (keeps_period(old, from, to)) {
        next.anchor = old.anchor;
        next.period = old.period;
    }
    return next;
}

InvoiceLine switch_line(const Subscription& old, const Plan& from, const Plan& to,
                        const Subscription& next, Instant now) {
    InvoiceLine line = plan_fee_line(to, next, next.period);
    if (is_free(from) || from.currency != to.currency) return line;
    line.amount_minor =
        next.period == old.period
            ? rating::prorated_difference(from.price_minor, to.price_minor, old.period, now)
            : rating::fee_less_rest(to.price_minor, from.price_minor, old.period, now);
    line.kind = LineKind::Proration;
    line.unit_price_minor = line.amount_minor;
    line.description = fmt::format("{} to {} (prorated)", from.name, to.name);
    line.period = {now, next.period.end};
    return line;
}

const Subscription* pending_on(const Account& account, std::string_view plan) {
    const auto found = std::ranges::find_if(account.subscriptions, [&](const Subscription& s) {
        return s.status == SubscriptionStatus::Pending && s.plan == plan;
    });
    return found == account.subscriptions.end() ? nullptr : &*found;
}

const Subscription* live_on(const Account& account, std::string_view plan) {
    const auto found = std::ranges::find_if(
        account.subscriptions, [&](const Subscription& s) { return is_live(s) && s.plan == plan; });
    return found == account.subscriptions.end() ? nullptr : &*found;
}

namespace {

std::int64_t trial_micros(const Plan& plan) {
    return plan.trial_days * (plan.trial_in_minutes ? base::kMicrosPerMinute : base::kMicrosPerDay);
}

}  // namespace

bool had_trial(const Account& account, const Plan& plan) {
    return std::ranges::find(account.trialed_plans, plan.slug) != account.trialed_plans.end();
}

std::optional<Instant> trial_end(const Account& account, const Plan& plan, Instant now) {
    if (plan.trial_days == 0) return std::nullopt;
    if (!had_trial(account, plan)) return Instant{now.micros + trial_micros(plan)};
    std::optional<Instant> end;
    for (const Subscription& left : account.subscriptions) {
        const bool for_another = left.ended_in_trial && left.ending == Ending::Switch;
        if (for_another && left.plan == plan.slug && left.period.end > now) end = left.period.end;
    }
    return end;
}

bool gives_up_nothing(const CatalogBook& book, const Subscription* room) {
    if (room == nullptr || room->status == SubscriptionStatus::Trialing) return true;
    const Plan* left = book.plan(room->plan, room->catalog_version);
    return left == nullptr || is_free(*left);
}

std::string trial_length(const Plan& plan) {
    return fmt::format("{}-{}", plan.trial_days, plan.trial_in_minutes ? "minute" : "day");
}

void begin(Events& events, const Account& account, Subscription next) {
    if (next.seq <= account.subscriptions.size()) {
        events.emplace_back(SubscriptionActivated{std::move(next)});
    } else {
        events.emplace_back(SubscriptionStarted{std::move(next)});
    }
}

const Plan* free_fallback(const Account& account, const CatalogBook& book,
                          const Subscription& ended) {
    const Plan* of_ended = book.plan(ended.plan, ended.catalog_version);
    if (of_ended == nullptr || is_free(*of_ended) || of_ended->is_addon ||
        of_ended->billing_type == BillingType::OneTime) {
        return nullptr;
    }
    for (const Subscription& other : account.subscriptions) {
        if (other.seq == ended.seq || !is_live(other) || other.is_addon) continue;
        const Plan* plan = book.plan(other.plan, other.catalog_version);
        if (plan != nullptr && plan->group == of_ended->group) return nullptr;
    }
    for (const Plan& plan : book.newest().plans) {
        const bool suits = plan.auto_enable && plan.active && is_free(plan) && !plan.is_addon &&
                           plan.billing_type == BillingType::Recurring &&
                           plan.group == of_ended->group && plan.trial_days == 0;
        if (suits) return &plan;
    }
    return nullptr;
}

}  // namespace quipu::ledger
