// Attaching, switching and canceling plans under the manual provider: what is paid is active at
// once, with an open invoice.
#include <fmt/format.h>

#include <algorithm>

#include "ledger/billing.h"
#include "ledger/decide.h"
#include "ledger/switching.h"
#include "rating/proration.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Period;

// Nothing of an ended subscription counts towards the overage limit once it is billed.
void end_subscription(Events& events, const CatalogBook& book, const Subscription& subscription,
                      Instant now) {
    events.emplace_back(SubscriptionEnded{subscription.seq, SubscriptionStatus::Canceled, now});
    const Plan* sold = book.plan(subscription.plan, subscription.catalog_version);
    if (sold == nullptr) return;
    events.emplace_back(WindowsSettled{subscription.seq, sold->currency, base::kEndOfTime,
                                       Instant{now.micros - kOldestMicros}});
}

void append_invoices(Events& events, const std::vector<Invoice>& invoices) {
    for (const Invoice& invoice : invoices) events.emplace_back(InvoiceIssued{invoice});
}

AttachAnswer answer_with(AttachType type, const Subscription& subscription, std::string message,
                         const std::vector<Invoice>& invoices = {}) {
    AttachAnswer answer;
    answer.type = type;
    answer.subscription = subscription.id;
    answer.message = std::move(message);
    if (!invoices.empty()) answer.invoice = invoices.front().id;
    return answer;
}

Decision start(const Account& account, const CatalogBook& book, const Plan& plan, Instant now) {
    const Subscription subscription = new_subscription(account, book.newest(), plan, now);
    LinesByCurrency lines;
    if (!is_free(plan)) {
        lines[plan.currency].push_back(plan_fee_line(plan, subscription, subscription.period));
    }
    const auto invoices = make_invoices(
        account, lines, {InvoiceTrigger::Subscription, now, subscription.period, &subscription});
    Decision decision;
    decision.events.emplace_back(SubscriptionStarted{subscription});
    append_invoices(decision.events, invoices);
    const std::string message = plan.billing_type == BillingType::OneTime
                                    ? fmt::format("{} activated (one-time)", plan.name)
                                : is_free(plan) ? fmt::format("Switched to free plan {}", plan.name)
                                                : fmt::format("Subscribed to {}", plan.name);
    decision.outcome = answer_with(AttachType::New, subscription, message, invoices);
    return decision;
}

// A free plan of the group makes room for the trial; a paid one is never given up for it (defect
// B-38).
Decision start_trial(const Account& account, const CatalogBook& book, const Plan& plan,
                     const Subscription* free_plan, Instant now) {
    Subscription subscription = new_subscription(account, book.newest(), plan, now);
    subscription.status = SubscriptionStatus::Trialing;
    subscription.period = {now, Instant{now.micros + plan.trial_days * base::kMicrosPerDay}};
    Decision decision;
    if (free_plan != nullptr) end_subscription(decision.events, book, *free_plan, now);
    decision.events.emplace_back(SubscriptionStarted{subscription});
    decision.events.emplace_back(TrialUsed{plan.slug});
    AttachAnswer answer = answer_with(AttachType::Trial, subscription,
                                      fmt::format("{}-day trial activated", plan.trial_days));
    answer.trial_ends_at = subscription.period.end;
    decision.outcome = std::move(answer);
    return decision;
}

// The line that charges the switch itself: the difference of both fees over the rest of the period,
// or, where the periods differ in length, the whole new fee less what is left of the old one.
InvoiceLine switch_line(const Subscription& old, const Plan& from, const Plan& to,
                        const Subscription& next, Instant now) {
    InvoiceLine line = plan_fee_line(to, next, next.period);
    if (is_free(from) || from.currency != to.currency) return line;
    const std::int64_t old_left = rating::prorated_difference(0, from.price_minor, old.period, now);
    line.amount_minor =
        next.period == old.period
            ? rating::prorated_difference(from.price_minor, to.price_minor, old.period, now)
            : to.price_minor - old_left;
    line.kind = LineKind::Proration;
    line.unit_price_minor = line.amount_minor;
    line.description = fmt::format("{} to {} (prorated)", from.name, to.name);
    line.period = {now, next.period.end};
    return line;
}

Decision switch_now(const Account& account, const CatalogBook& book, const Subscription& old,
                    const Plan& from, const Plan& to, AttachType type, Instant now) {
    Subscription next = new_subscription(account, book.newest(), to, now);
    const bool keeps_period = from.interval == to.interval && !is_free(from) && !is_free(to) &&
                              old.status != SubscriptionStatus::Trialing;
    if (keeps_period) {
        next.anchor = old.anchor;
        next.period = old.period;
    }
    LinesByCurrency lines = unbilled_usage(account, book, old.seq);
    if (!is_free(to)) {
        InvoiceLine line = old.status == SubscriptionStatus::Trialing
                               ? plan_fee_line(to, next, next.period)
                               : switch_line(old, from, to, next, now);
        if (line.amount_minor != 0) lines[to.currency].push_back(std::move(line));
    }
    const auto invoices =
        make_invoices(account, lines, {InvoiceTrigger::Subscription, now, next.period, &next});
    Decision decision;
    append_invoices(decision.events, invoices);
    end_subscription(decision.events, book, old, now);
    decision.events.emplace_back(SubscriptionStarted{next});
    const std::string message =
        is_free(to) ? fmt::format("Switched to free plan {}", to.name)
        : type == AttachType::Lateral
            ? fmt::format("Switched to {}. Features updated immediately.", to.name)
        : is_free(from) ? fmt::format("Subscribed to {}", to.name)
                        : fmt::format("Upgraded to {}", to.name);
    decision.outcome = answer_with(type, next, message, invoices);
    return decision;
}

// A switch now would owe the customer money, which no invoice gives back: it waits for the period's
// end instead.
bool owes_more_than_it_charges(const Account& account, const CatalogBook& book,
                               const Subscription& old, const Plan& from, const Plan& to,
                               Instant now) {
    if (is_free(to) || old.status == SubscriptionStatus::Trialing) return false;
    Subscription next = new_subscription(account, book.newest(), to, now);
    if (from.interval == to.interval && !is_free(from)) next.period = old.period;
    return switch_line(old, from, to, next, now).amount_minor < 0;
}

Decision switch_later(const Subscription& old, const Plan& to) {
    Decision decision;
    decision.events.emplace_back(SwitchScheduled{old.seq, to.slug});
    AttachAnswer answer = answer_with(AttachType::Downgrade, old,
                                      fmt::format("Downgrade to {} scheduled for {}", to.name,
                                                  base::format_instant(old.period.end)));
    answer.scheduled_at = old.period.end;
    decision.outcome = std::move(answer);
    return decision;
}

// Attaching the plan one already has undoes what was going to end it (contract B10).
Decision keep(const Subscription& current, const Plan& plan) {
    Decision decision;
    const bool ending = current.cancel_at.has_value();
    if (ending) decision.events.emplace_back(ScheduleCleared{current.seq});
    if (current.status == SubscriptionStatus::Trialing) {
        AttachAnswer answer = answer_with(AttachType::Trial, current, "Trial already active");
        answer.trial_ends_at = current.period.end;
        decision.outcome = std::move(answer);
        return decision;
    }
    decision.outcome =
        answer_with(AttachType::Lateral, current,
                    ending ? fmt::format("{} continues; the scheduled change is undone", plan.name)
                           : fmt::format("Already subscribed to {}", plan.name));
    return decision;
}

const Subscription* live_on(const Account& account, const std::string& plan) {
    const auto found = std::ranges::find_if(
        account.subscriptions, [&](const Subscription& s) { return is_live(s) && s.plan == plan; });
    return found == account.subscriptions.end() ? nullptr : &*found;
}

Decision no_such_subscription(const std::string& plan) {
    return {
        {},
        Rejection{Code::SubscriptionNotFound,
                  plan.empty()
                      ? "The customer has no subscription that this could mean; name the product."
                      : fmt::format("The customer has no live subscription to '{}'.", plan)}};
}

}  // namespace

Subscription new_subscription(const Account& account, const Catalog& catalog, const Plan& plan,
                              Instant now) {
    Subscription subscription;
    subscription.seq = static_cast<std::uint32_t>(account.subscriptions.size() + 1);
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

Events auto_enabled(const Account& account, const CatalogBook& book, Instant now) {
    Events events;
    Account growing = account;
    for (const Plan& plan : book.newest().plans) {
        if (!plan.auto_enable || !plan.active) continue;
        Subscription subscription = new_subscription(growing, book.newest(), plan, now);
        if (!is_free(plan)) subscription.status = SubscriptionStatus::Pending;
        growing.subscriptions.push_back(subscription);
        events.emplace_back(SubscriptionStarted{std::move(subscription)});
    }
    return events;
}

Decision decide_attach(const Account& account, const CatalogBook& book, const Attach& command,
                       Instant now) {
    const Plan* plan = find_plan(book.newest(), command.plan);
    if (plan == nullptr) {
        return {{},
                Rejection{Code::PlanNotFound, fmt::format("Plan '{}' not found", command.plan)}};
    }
    const bool repeatable = plan->billing_type == BillingType::OneTime && !plan->is_addon;
    const Subscription* same = repeatable ? nullptr : live_on(account, plan->slug);
    if (same != nullptr) return keep(*same, *plan);

    const Subscription* old = replaced_by(account, book, *plan);
    const Plan* from = old != nullptr ? book.plan(old->plan, old->catalog_version) : nullptr;
    const bool trial_is_new =
        std::ranges::find(account.trialed_plans, plan->slug) == account.trialed_plans.end();
    const bool gives_up_nothing = from == nullptr || is_free(*from);
    if (plan->trial_days > 0 && trial_is_new && gives_up_nothing) {
        return start_trial(account, book, *plan, old, now);
    }
    if (old == nullptr || from == nullptr) return start(account, book, *plan, now);
    const AttachType type = switch_type(*from, *plan);
    if (type == AttachType::Downgrade ||
        owes_more_than_it_charges(account, book, *old, *from, *plan, now)) {
        return switch_later(*old, *plan);
    }
    return switch_now(account, book, *old, *from, *plan, type, now);
}

Decision decide_cancel(const Account& account, const CatalogBook& book, const Cancel& command,
                       Instant now) {
    std::vector<const Subscription*> meant;
    for (const Subscription& subscription : account.subscriptions) {
        if (is_live(subscription) && (command.plan.empty() || subscription.plan == command.plan)) {
            meant.push_back(&subscription);
        }
    }
    if (meant.size() != 1) return no_such_subscription(command.plan);
    const Subscription& subscription = *meant.front();
    Decision decision;
    decision.outcome = Done{subscription.id};
    if (!command.immediately && subscription.period.end != base::kEndOfTime) {
        decision.events.emplace_back(
            CancellationScheduled{subscription.seq, subscription.period.end});
        return decision;
    }
    const LinesByCurrency lines = unbilled_usage(account, book, subscription.seq);
    append_invoices(
        decision.events,
        make_invoices(
            account, lines,
            {InvoiceTrigger::Subscription, now, {subscription.period.start, now}, &subscription}));
    end_subscription(decision.events, book, subscription, now);
    return decision;
}

Decision decide_uncancel(const Account& account, const Uncancel& command) {
    for (const Subscription& subscription : account.subscriptions) {
        if (!is_live(subscription) || !subscription.cancel_at) continue;
        if (!command.plan.empty() && subscription.plan != command.plan) continue;
        Decision decision;
        decision.events.emplace_back(ScheduleCleared{subscription.seq});
        decision.outcome = Done{subscription.id};
        return decision;
    }
    return no_such_subscription(command.plan);
}

}  // namespace quipu::ledger
