// What time alone brings: a period closes, a trial ends, a scheduled switch takes place, a fee is
// overdue, an invoice is charged again, entities leave, credits, overrides, reservations and pages
// expire.
#include "ledger/subscriptions/decide_timer.h"

#include <algorithm>

#include "ledger/decision.h"
#include "ledger/invoicing/dunning.h"
#include "ledger/invoicing/intents.h"
#include "ledger/invoicing/invoices.h"
#include "ledger/subscriptions/subscription_changes.h"

namespace quipu::ledger {
namespace {

using base::Instant;

constexpr std::int64_t kKeepWindowsMicros = kOldestMicros;

// The plan that goes on after the period: the same, the scheduled one, or none.
const Plan* continuing_plan(const Account& account, const CatalogBook& book,
                            const Subscription& subscription) {
    // As it was agreed on, whatever was published since.
    const Plan* scheduled = subscription.scheduled_plan ? book.plan(*subscription.scheduled_plan,
                                                                    subscription.scheduled_version)
                                                        : nullptr;
    // What is overdue does not renew, but it may make way for a plan that costs nothing.
    if (subscription.status == SubscriptionStatus::PastDue)
        return scheduled != nullptr && is_free(*scheduled) ? scheduled : nullptr;
    if (subscription.cancel_at && !subscription.scheduled_plan) return nullptr;
    const Plan* same = subscription.scheduled_plan
                           ? scheduled
                           : book.plan(subscription.plan, subscription.catalog_version);
    if (subscription.status != SubscriptionStatus::Trialing || same == nullptr) return same;
    // A trial of what costs nothing is that plan for a while
    // (docs/contract/subscriptions.md#end-of-a-trial).
    const bool only_a_trial = is_free(*same) && !subscription.scheduled_plan;
    const bool unpaid =
        !is_free(*same) && takes_payments(book.settings()) && account.default_method() == nullptr;
    return only_a_trial || unpaid ? nullptr : same;
}

// A trial that nobody converts expires; everything else is canceled.
SubscriptionStatus status_at_end(const Subscription& subscription) {
    const bool trial = subscription.status == SubscriptionStatus::Trialing;
    return trial && !subscription.cancel_at ? SubscriptionStatus::Expired
                                            : SubscriptionStatus::Canceled;
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
    const Plan* plan = continuing_plan(account, book, subscription);
    const BillingSettings& settings = book.settings();

    LinesByCurrency lines = unbilled_usage(account, book, subscription.seq);
    Subscription next = subscription;
    if (plan != nullptr && switches) {
        next = new_subscription(account, book.newest(), *plan, end);
        next.catalog_version = subscription.scheduled_version;
        add_fee(lines, *plan, next, next.period);
    } else if (plan != nullptr) {
        // A trial's end begins the paid life: its windows are counted from there.
        if (from_trial) next.anchor = end;
        next.period = billing_period_at(plan->interval, next.anchor, end);
        add_fee(lines, *plan, next, next.period);
    }

    Events events;
    const bool ends = plan == nullptr || switches;
    // What goes on begins before its fee is invoiced: the invoice may be charged at once.
    if (plan != nullptr && switches) {
        begin(events, account, next);
    } else if (plan != nullptr) {
        events.emplace_back(
            PeriodAdvanced{subscription.seq, SubscriptionStatus::Active, next.anchor, next.period});
    }
    InvoiceTerms terms{InvoiceTrigger::PeriodEnd, end, subscription.period, &subscription};
    terms.usage_apart = takes_payments(settings) && !settings.auto_collect;
    append_invoices(events, make_invoices(account, lines, terms));
    remove_entities(events, account, end);
    if (ends)
        events.emplace_back(SubscriptionEnded{subscription.seq, status_at_end(subscription), end});
    const Plan* fallback = plan == nullptr ? free_fallback(account, book, subscription) : nullptr;
    if (fallback != nullptr)
        begin(events, account, new_subscription(account, book.newest(), *fallback, end));
    const Plan* sold = book.plan(subscription.plan, subscription.catalog_version);
    events.emplace_back(WindowsSettled{subscription.seq,
                                       sold != nullptr ? sold->currency : base::Currency(),
                                       plan == nullptr || switches ? base::kEndOfTime : end,
                                       Instant{end.micros - kKeepWindowsMicros}});
    return events;
}

Events bill_threshold(const Account& account, const CatalogBook& book, Instant due) {
    Events events;
    events.emplace_back(ThresholdScheduled{});
    if (account.overage_block) return events;
    InvoiceTerms terms{InvoiceTrigger::Threshold, due, {due, due}, nullptr};
    const LinesByCurrency lines = unbilled_usage(account, book, std::nullopt);
    for (const auto& [currency, of_currency] : lines) {
        for (const InvoiceLine& line : of_currency)
            terms.period.start = std::min(terms.period.start, line.period.start);
    }
    append_invoices(events, make_invoices(account, lines, terms));
    return events;
}

// Small timers of one moment, one kind after the other.
Events expire(const Account& account, const CatalogBook& book, Instant due) {
    Events events;
    for (const Override& granted : account.overrides) {
        if (granted.expires_at && *granted.expires_at <= due)
            events.emplace_back(OverrideRevoked{granted.feature});
    }
    for (const Reservation& held : account.reservations) {
        if (held.expires_at <= due) events.emplace_back(ReservationEnded{held.id});
    }
    for (const PaymentIntent& intent : account.intents) {
        if (!is_open_page(intent) || intent.expires_at > due) continue;
        PaymentIntent expired = intent;
        expired.status = IntentStatus::Expired;
        events.emplace_back(IntentSaved{std::move(expired)});
    }
    for (const Subscription& subscription : account.subscriptions) {
        if (!is_live(subscription) || !subscription.past_due_at ||
            *subscription.past_due_at > due) {
            continue;
        }
        // Under the manual provider invoices just wait.
        if (takes_payments(book.settings())) {
            events.emplace_back(SubscriptionPastDue{subscription.seq, due});
        } else {
            events.emplace_back(
                FeeOutstanding{subscription.seq, subscription.fee_invoice, base::kEndOfTime});
        }
    }
    for (const Dunning& dunning : account.dunnings) {
        if (!dunning.next_attempt_at || *dunning.next_attempt_at > due) continue;
        attempt_charge(events, account, book, dunning, due);
        break;  // each charge takes the next intent's number: one at a time
    }
    return events;
}

}  // namespace

Events decide_timer(const Account& account, const CatalogBook& book) {
    const Instant due = account.next_due;
    for (const Subscription& subscription : account.subscriptions) {
        if (has_period(subscription) && subscription.period.end == due) {
            return close_period(account, book, subscription);
        }
    }
    if (account.threshold_due && *account.threshold_due <= due)
        return bill_threshold(account, book, due);
    Events events = expire(account, book, due);
    remove_entities(events, account, due);
    for (const CreditGrant& grant : account.grants) {
        if (grant.expires_at && *grant.expires_at <= due && grant.remaining.is_positive()) {
            events.emplace_back(CreditsExpired{grant.seq});
        }
    }
    return events;
}

}  // namespace quipu::ledger
