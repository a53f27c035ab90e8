// What time alone brings: a period closes, a trial ends, a scheduled switch takes place, entities
// leave, credits expire.
#include <algorithm>

#include "ledger/billing.h"
#include "ledger/decide.h"

namespace quipu::ledger {
namespace {

using base::Instant;

constexpr std::int64_t kKeepWindowsMicros = kOldestMicros;

// The plan that goes on after the period: the same, the scheduled one, or none.
const Plan* continuing_plan(const CatalogBook& book, const Subscription& subscription) {
    if (subscription.scheduled_plan) return find_plan(book.newest(), *subscription.scheduled_plan);
    if (subscription.cancel_at) return nullptr;
    return book.plan(subscription.plan, subscription.catalog_version);
}

void add_fee(LinesByCurrency& lines, const Plan& plan, const Subscription& subscription,
             base::Period period) {
    if (is_free(plan)) return;
    lines[plan.currency].push_back(plan_fee_line(plan, subscription, period));
}

void remove_entities(Events& events, const Account& account, Instant by) {
    for (const auto& [at, key] : account.removals) {
        if (at > by) break;
        events.emplace_back(EntityRemoved{key});
    }
}

Events close_period(const Account& account, const CatalogBook& book,
                    const Subscription& subscription) {
    const Instant end = subscription.period.end;
    const bool from_trial = subscription.status == SubscriptionStatus::Trialing;
    const bool switches = subscription.scheduled_plan.has_value();
    const Plan* plan = continuing_plan(book, subscription);

    LinesByCurrency lines = unbilled_usage(account, book, subscription.seq);
    Subscription next = subscription;
    if (plan != nullptr && switches) {
        next = new_subscription(account, book.newest(), *plan, end);
        add_fee(lines, *plan, next, next.period);
    } else if (plan != nullptr) {
        // A trial's end begins the paid life: its windows are counted from there.
        if (from_trial) next.anchor = end;
        next.period = billing_period_at(plan->interval, next.anchor, end);
        add_fee(lines, *plan, next, next.period);
    }

    Events events;
    for (Invoice& invoice :
         make_invoices(account, lines,
                       {InvoiceTrigger::PeriodEnd, end, subscription.period, &subscription})) {
        events.emplace_back(InvoiceIssued{std::move(invoice)});
    }
    remove_entities(events, account, end);
    if (plan == nullptr || switches) {
        events.emplace_back(SubscriptionEnded{subscription.seq, SubscriptionStatus::Canceled, end});
    } else {
        events.emplace_back(
            PeriodAdvanced{subscription.seq, SubscriptionStatus::Active, next.anchor, next.period});
    }
    if (plan != nullptr && switches) events.emplace_back(SubscriptionStarted{next});
    const Plan* sold = book.plan(subscription.plan, subscription.catalog_version);
    events.emplace_back(WindowsSettled{subscription.seq,
                                       sold != nullptr ? sold->currency : std::string(),
                                       plan == nullptr || switches ? base::kEndOfTime : end,
                                       Instant{end.micros - kKeepWindowsMicros}});
    return events;
}

}  // namespace

Events decide_timer(const Account& account, const CatalogBook& book) {
    const Instant due = account.next_due;
    for (const Subscription& subscription : account.subscriptions) {
        if (is_live(subscription) && subscription.period.end == due) {
            return close_period(account, book, subscription);
        }
    }
    Events events;
    remove_entities(events, account, due);
    for (const CreditGrant& grant : account.grants) {
        if (grant.expires_at && *grant.expires_at <= due && grant.remaining.is_positive()) {
            events.emplace_back(CreditsExpired{grant.seq});
        }
    }
    return events;
}

}  // namespace quipu::ledger
