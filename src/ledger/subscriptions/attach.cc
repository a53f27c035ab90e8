// Attaching, switching and canceling plans. Under the manual provider what is paid is active at
// once, with an open invoice; where a provider collects, decide_checkout.cc has it paid first.
#include "ledger/subscriptions/attach.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/invoicing/intents.h"
#include "ledger/invoicing/invoices.h"
#include "ledger/subscriptions/decide_checkout.h"
#include "ledger/subscriptions/subscription_changes.h"
#include "ledger/subscriptions/switching.h"

namespace quipu::ledger {
namespace {

using base::Instant;

AttachAnswer answer_with(AttachType type, const Subscription& subscription, std::string message,
                         const std::vector<Invoice>& invoices = {}) {
    AttachAnswer answer;
    answer.type = type;
    answer.subscription = subscription.id;
    answer.message = std::move(message);
    if (!invoices.empty()) answer.invoice = invoices.front().id;
    return answer;
}

// `overdue`: the plan of the group that was not paid for, which ends here; null: there is none.
Decision start(const Account& account, const CatalogBook& book, const Plan& plan,
               const Subscription* overdue, Instant now) {
    const Subscription subscription = new_subscription(account, book.newest(), plan, now);
    LinesByCurrency lines;
    if (!is_free(plan)) {
        lines[plan.currency].push_back(plan_fee_line(plan, subscription, subscription.period));
    }
    const auto invoices = make_invoices(
        account, lines, {InvoiceTrigger::Subscription, now, subscription.period, &subscription});
    Decision decision;
    begin(decision.events, account, subscription);
    append_invoices(decision.events, invoices);
    if (overdue != nullptr) {
        InvoiceTerms rest{InvoiceTrigger::Subscription, now, {overdue->period.start, now}, overdue};
        rest.made_before = static_cast<std::uint32_t>(invoices.size());
        const LinesByCurrency used = unbilled_usage(account, book, overdue->seq);
        append_invoices(decision.events, make_invoices(account, used, rest));
        end_subscription(decision.events, book, *overdue, SubscriptionStatus::Canceled, now);
    }
    const std::string message = plan.billing_type == BillingType::OneTime
                                    ? fmt::format("{} activated (one-time)", plan.name)
                                : is_free(plan) ? fmt::format("Switched to free plan {}", plan.name)
                                                : fmt::format("Subscribed to {}", plan.name);
    decision.outcome = answer_with(AttachType::New, subscription, message, invoices);
    return decision;
}

// What costs nothing yet makes room for the trial; a paid plan is never given up for it
// (docs/contract/subscriptions.md#trials).
Decision start_trial(const Account& account, const CatalogBook& book, const Plan& plan,
                     const Subscription* room, Instant now) {
    Decision decision;
    const Subscription subscription = begin_trial(decision.events, account, book, plan, room, now);
    AttachAnswer answer = answer_with(AttachType::Trial, subscription,
                                      fmt::format("{} trial activated", trial_length(plan)));
    answer.trial_ends_at = subscription.period.end;
    decision.outcome = std::move(answer);
    return decision;
}

Decision switch_now(const Account& account, const CatalogBook& book, const Subscription& old,
                    const Plan& from, const Plan& to, AttachType type, Instant now) {
    const Subscription next = replacement(account, book.newest(), old, from, to, now);
    LinesByCurrency lines = unbilled_usage(account, book, old.seq);
    bool charged = false;
    Ending ending = Ending::Switch;
    if (!is_free(to)) {
        InvoiceLine line = old.status == SubscriptionStatus::Trialing
                               ? plan_fee_line(to, next, next.period)
                               : switch_line(old, from, to, next, now);
        charged = line.amount_minor != 0;
        if (line.kind == LineKind::Proration) ending = Ending::CreditedSwitch;
        if (charged) lines[to.currency].push_back(std::move(line));
    }
    const auto invoices =
        make_invoices(account, lines, {InvoiceTrigger::Subscription, now, next.period, &next});
    Decision decision;
    begin(decision.events, account, next);
    append_invoices(decision.events, invoices);
    end_subscription(decision.events, book, old, SubscriptionStatus::Canceled, now, ending);
    const std::string message =
        is_free(to) ? fmt::format("Switched to free plan {}", to.name)
        : type == AttachType::Lateral
            ? fmt::format("Switched to {}. Features updated immediately.", to.name)
        : is_free(from) ? fmt::format("Subscribed to {}", to.name)
        : charged
            ? fmt::format("Upgraded to {}", to.name)
            : fmt::format("Upgraded to {}. No prorated charge (near end of period).", to.name);
    decision.outcome = answer_with(type, next, message, invoices);
    return decision;
}

// Fees of two currencies can neither be netted nor compared.
bool changes_currency(const Plan& from, const Plan& to) {
    return !is_free(from) && !is_free(to) && from.currency != to.currency;
}

// Such a switch waits for the period's end: it would owe the customer money, which no invoice gives
// back, or leave a paid period in one currency for a fee in another.
bool has_to_wait(const Account& account, const CatalogBook& book, const Subscription& old,
                 const Plan& from, const Plan& to, Instant now) {
    if (is_free(to) || old.status == SubscriptionStatus::Trialing) return false;
    if (changes_currency(from, to)) return true;
    const Subscription next = replacement(account, book.newest(), old, from, to, now);
    return switch_line(old, from, to, next, now).amount_minor < 0;
}

Decision switch_later(const Subscription& old, const Plan& from, const Plan& to,
                      std::uint64_t catalog_version) {
    Decision decision;
    decision.events.emplace_back(SwitchScheduled{old.seq, to.slug, catalog_version});
    const char* change = changes_currency(from, to) ? "Switch" : "Downgrade";
    AttachAnswer answer = answer_with(AttachType::Downgrade, old,
                                      fmt::format("{} to {} scheduled for {}", change, to.name,
                                                  base::format_instant(old.period.end)));
    answer.scheduled_at = old.period.end;
    decision.outcome = std::move(answer);
    return decision;
}

// Attaching the plan one already has undoes what was going to end it
// (docs/contract/subscriptions.md#same-plan).
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

Decision no_such_subscription(const std::string& plan) {
    return {
        {},
        Rejection{Code::SubscriptionNotFound,
                  plan.empty()
                      ? "The customer has no subscription that this could mean; name the product."
                      : fmt::format("The customer has no live subscription to '{}'.", plan)}};
}

}  // namespace

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

Decision decide(const Asked& asked, const Attach& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    const Instant now = asked.now;
    const Plan* plan = find_plan(book.newest(), command.plan);
    if (plan == nullptr) {
        return {{},
                Rejection{Code::PlanNotFound, fmt::format("Plan '{}' not found", command.plan)}};
    }
    const bool repeatable = plan->billing_type == BillingType::OneTime && !plan->is_addon;
    const Subscription* same = repeatable ? nullptr : live_on(account, plan->slug);
    if (same != nullptr) return keep(*same, *plan);
    const bool collects = takes_payments(book.settings());
    if (collects && !is_free(*plan)) {
        if (auto decision = pay_open_fee(account, book, *plan, command, now)) return *decision;
    }

    const Subscription* old = replaced_by(account, book, *plan);
    const Plan* from = old != nullptr ? book.plan(old->plan, old->catalog_version) : nullptr;
    const Subscription* room = makes_room_for(account, book, *plan);
    if (trial_end(account, *plan, now) && gives_up_nothing(book, room)) {
        if (collects && plan->trial_needs_card && account.default_method() == nullptr)
            return checkout_trial(account, book, *plan, command, now);
        return start_trial(account, book, *plan, room, now);
    }
    const bool pays_first = collects && !is_free(*plan);
    if (old == nullptr || from == nullptr) {
        if (pays_first)
            return checkout_plan(account, book, *plan, AttachType::New, true, command, now);
        return start(account, book, *plan, room, now);
    }
    const AttachType type = switch_type(*from, *plan);
    if (type == AttachType::Downgrade || has_to_wait(account, book, *old, *from, *plan, now))
        return switch_later(*old, *from, *plan, book.newest().version);
    if (pays_first && (is_free(*from) || old->status == SubscriptionStatus::Trialing))
        return checkout_plan(account, book, *plan, type, true, command, now);
    if (pays_first) {
        if (auto decision = checkout_switch(account, book, *old, *from, *plan, type, command, now))
            return *decision;
    }
    return switch_now(account, book, *old, *from, *plan, type, now);
}

Decision decide(const Asked& asked, const Cancel& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    const Instant now = asked.now;
    std::vector<const Subscription*> meant;
    for (const Subscription& subscription : account.subscriptions) {
        const bool ends = is_live(subscription) ||
                          subscription.status == SubscriptionStatus::PastDue ||
                          subscription.status == SubscriptionStatus::Pending;
        if (ends && (command.plan.empty() || subscription.plan == command.plan)) {
            meant.push_back(&subscription);
        }
    }
    if (meant.size() != 1) return no_such_subscription(command.plan);
    const Subscription& subscription = *meant.front();
    Decision decision;
    decision.outcome = Done{subscription.id};
    const bool granted = is_live(subscription);
    if (granted && !command.immediately && subscription.period.end != base::kEndOfTime) {
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
    end_subscription(decision.events, book, subscription, SubscriptionStatus::Canceled, now);
    if (const Plan* plan = free_fallback(account, book, subscription)) {
        begin(decision.events, account, new_subscription(account, book.newest(), *plan, now));
    }
    return decision;
}

Decision decide(const Asked& asked, const Uncancel& command) {
    for (const Subscription& subscription : asked.account.subscriptions) {
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
