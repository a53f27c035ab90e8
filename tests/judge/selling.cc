#include "judge/selling.h"

#include <algorithm>

#include "judge/funding.h"
#include "judge/invoicing.h"
#include "judge/windows.h"

namespace quipu::judge {

using base::Instant;
using ledger::Code;
using ledger::LineKind;

namespace {

Answer only(Code code) {
    Answer answer;
    answer.code = code;
    return answer;
}

bool base_plan(const Subscription& subscription) {
    return !subscription.addon && !subscription.one_time;
}

Subscription make(const World& world, const Sold& sold, Instant at) {
    const ledger::Plan& plan = world.catalogs.plan(sold);
    Subscription made;
    made.seq = world.subscriptions.size() + 1;
    made.sold = sold;
    made.addon = plan.is_addon;
    made.one_time = plan.billing_type == ledger::BillingType::OneTime;
    made.fee_minor = plan.price_minor;
    made.currency = plan.currency;
    made.interval = made.one_time ? ledger::Interval::Never : plan.interval;
    made.group = plan.group;
    made.begin = made.anchor = made.closed_until = at;
    made.period = period_around(made.interval, at, at);
    return made;
}

Line fee_line(const Subscription& subscription, LineKind kind, std::int64_t amount_minor) {
    Line line;
    line.kind = kind;
    line.subscription = subscription.seq;
    line.amount_minor = amount_minor;
    line.quantity = 1;
    return line;
}

// Price per month, as the reference counts it (docs/contract/subscriptions.md#kinds).
Rational per_month(std::int64_t fee_minor, ledger::Interval interval) {
    switch (interval) {
        case ledger::Interval::Hourly:
            return Rational(fee_minor) * 720;
        case ledger::Interval::Daily:
            return Rational(fee_minor) * 30;
        case ledger::Interval::Weekly:
            return Rational(fee_minor) * 4;
        case ledger::Interval::Quarterly:
            return Rational(fee_minor) / 3;
        case ledger::Interval::SemiAnnual:
            return Rational(fee_minor) / 6;
        case ledger::Interval::Yearly:
            return Rational(fee_minor) / 12;
        default:
            return fee_minor;
    }
}

Rational share_left(base::Period period, Instant at) {
    return Rational(period.end.micros - at.micros) /
           Rational(period.end.micros - period.start.micros);
}

// Invoices of the fee of the current period: what a switch gives credit for.
std::vector<std::size_t> fee_invoices(const World& world, const Subscription& subscription) {
    std::vector<std::size_t> found;
    for (const Invoice& invoice : world.invoices) {
        if (invoice.voided || invoice.issued_at < subscription.period.start) continue;
        for (const Line& line : invoice.lines) {
            if (line.subscription == subscription.seq && line.kind != LineKind::Usage)
                found.push_back(invoice.sequence);
        }
    }
    return found;
}

void end_now(World& world, Holder seq, Instant at) {
    LinesByCurrency lines = usage_lines(world, {seq, at, true});
    issue(world, std::move(lines), at);
    Subscription& ended = *world.subscription(seq);
    ended.end = at;
    ended.scheduled.reset();
}

// An add-on plan ends with the last base plan (docs/contract/decided.md#switching-terms).
void end_addons_without_base(World& world, Instant at) {
    const bool based =
        std::ranges::any_of(world.subscriptions, [&](const Subscription& subscription) {
            return !subscription.addon && subscription.live_at(at);
        });
    if (based) return;
    for (Subscription& subscription : world.subscriptions) {
        if (subscription.addon && subscription.live_at(at)) end_now(world, subscription.seq, at);
    }
}

struct Change {
    Subscription next;
    Rational exact;  // what it costs now
    bool keeps_period = false;
};

Change change_of(const World& world, const Subscription& old, const Sold& to) {
    Change change{make(world, to, world.now), 0, false};
    Subscription& next = change.next;
    change.keeps_period = old.interval == next.interval && old.fee_minor > 0 &&
                          next.fee_minor > 0 && !old.trialing_at(world.now);
    if (change.keeps_period) {
        next.anchor = old.anchor;
        next.period = old.period;
        next.closed_until = old.closed_until;
        change.exact = Rational(next.fee_minor - old.fee_minor) * share_left(old.period, world.now);
    } else if (old.trialing_at(world.now)) {
        change.exact = next.fee_minor;
    } else {
        change.exact =
            Rational(next.fee_minor) - Rational(old.fee_minor) * share_left(old.period, world.now);
    }
    next.took_over_from = old.seq;
    return change;
}

Answer switch_later(Subscription& old, const Sold& to) {
    old.scheduled = Scheduled{to};
    Answer answer;
    answer.scheduled_at = old.period.end;
    return answer;
}

Answer switch_now(World& world, Holder old_seq, Change change) {
    const Subscription old = *world.subscription(old_seq);
    const std::int64_t cost = rounded(change.exact);
    change.next.paid_at_begin = cost > 0;
    LinesByCurrency lines = usage_lines(world, {old_seq, world.now, true});
    if (cost != 0) {
        const bool fresh = old.fee_minor == 0 || old.trialing_at(world.now);
        lines[change.next.currency].push_back(
            fee_line(change.next, fresh ? LineKind::PlanFee : LineKind::Proration, cost));
    }
    const auto credited = fee_invoices(world, old);
    const std::size_t before = world.invoices.size();
    world.subscriptions.push_back(change.next);
    issue(world, std::move(lines), world.now);
    world.subscription(old_seq)->end = world.now;
    world.subscription(old_seq)->scheduled.reset();
    // Credit was given for the old fee, by the invoice of the switch.
    if (cost != 0 && old.fee_minor > 0 && world.invoices.size() > before) {
        for (const std::size_t sequence : credited)
            world.invoices[sequence - 1].credited_by.insert(world.invoices.size());
    }
    count_seats(world);
    return {};
}

Answer begin(World& world, Subscription next) {
    const Holder seq = next.seq;
    const std::int64_t fee = next.trial_end ? 0 : next.fee_minor;
    next.paid_at_begin = fee > 0;
    world.subscriptions.push_back(next);
    LinesByCurrency lines;
    if (fee > 0) lines[next.currency].push_back(fee_line(next, LineKind::PlanFee, fee));
    issue(world, std::move(lines), world.now);
    count_seats(world);
    Answer answer;
    if (world.subscription(seq)->trial_end) answer.scheduled_at = next.trial_end;
    return answer;
}

Subscription* live_on(World& world, const std::string& plan) {
    for (Subscription& subscription : world.subscriptions) {
        if (subscription.sold.plan == plan && subscription.live_at(world.now)) return &subscription;
    }
    return nullptr;
}

Subscription* replaced_by(World& world, const ledger::Plan& plan) {
    if (plan.is_addon || plan.billing_type == ledger::BillingType::OneTime) return nullptr;
    for (Subscription& subscription : world.subscriptions) {
        if (base_plan(subscription) && subscription.live_at(world.now) &&
            subscription.group == plan.group) {
            return &subscription;
        }
    }
    return nullptr;
}

// Once per customer and plan, when nothing that was paid for has to be given up for it
// (docs/contract/subscriptions.md#trials).
bool begins_with_trial(const World& world, const ledger::Plan& plan, const Subscription* old) {
    if (plan.trial_days <= 0 || world.trialed.contains(plan.slug)) return false;
    return old == nullptr || old->fee_minor == 0 || old->trialing_at(world.now);
}

Answer begin_trial(World& world, const ledger::Plan& plan, const Sold& sold,
                   const Subscription* old) {
    if (old != nullptr) end_now(world, old->seq, world.now);
    Subscription next = make(world, sold, world.now);
    const std::int64_t length =
        plan.trial_in_minutes ? base::kMicrosPerMinute : base::kMicrosPerDay;
    next.trial_end = Instant{world.now.micros + plan.trial_days * length};
    next.period = {world.now, *next.trial_end};
    next.anchor = *next.trial_end;
    world.trialed.insert(plan.slug);
    return begin(world, std::move(next));
}

}  // namespace

Answer attach(World& world, const ledger::Attach& command) {
    const ledger::Plan* plan = ledger::find_plan(world.catalogs.in_force(world.now), command.plan);
    if (plan == nullptr) return only(Code::PlanNotFound);
    const bool repeatable = plan->billing_type == ledger::BillingType::OneTime && !plan->is_addon;
    Subscription* same = repeatable ? nullptr : live_on(world, plan->slug);
    if (same != nullptr) {
        same->scheduled.reset();
        Answer answer;
        if (same->trialing_at(world.now)) answer.scheduled_at = same->trial_end;
        return answer;
    }
    const Sold sold{plan->slug, world.catalogs.version_at(world.now)};
    Subscription* old = replaced_by(world, *plan);
    if (begins_with_trial(world, *plan, old)) return begin_trial(world, *plan, sold, old);
    if (old == nullptr) return begin(world, make(world, sold, world.now));
    const bool downgrade =
        per_month(plan->price_minor, plan->interval) < per_month(old->fee_minor, old->interval);
    const bool other_currency = old->fee_minor > 0 && plan->currency != old->currency;
    if (downgrade || other_currency) return switch_later(*old, sold);
    Change change = change_of(world, *old, sold);
    if (change.exact < 0) return switch_later(*old, sold);
    return switch_now(world, old->seq, std::move(change));
}

Answer cancel(World& world, const ledger::Cancel& command) {
    Subscription* meant = nullptr;
    for (Subscription& subscription : world.subscriptions) {
        if (!subscription.live_at(world.now)) continue;
        if (!command.plan.empty() && subscription.sold.plan != command.plan) continue;
        if (meant != nullptr) return only(Code::SubscriptionNotFound);
        meant = &subscription;
    }
    if (meant == nullptr) return only(Code::SubscriptionNotFound);
    if (command.immediately || meant->period.end == base::kEndOfTime) {
        end_now(world, meant->seq, world.now);
        end_addons_without_base(world, world.now);
        return {};
    }
    meant->scheduled = Scheduled{};
    return {};
}

Answer uncancel(World& world, const ledger::Uncancel& command) {
    for (Subscription& subscription : world.subscriptions) {
        if (!subscription.live_at(world.now) || !subscription.scheduled) continue;
        if (!command.plan.empty() && subscription.sold.plan != command.plan) continue;
        subscription.scheduled.reset();
        return {};
    }
    return only(Code::SubscriptionNotFound);
}

Answer buy(World& world, const ledger::PurchaseAddon& command) {
    const ledger::CreditPack* pack =
        ledger::find_credit_pack(world.catalogs.in_force(world.now), command.pack);
    if (pack == nullptr) return only(Code::PackNotFound);
    if (command.quantity < 1) return only(Code::QuantityOutOfRange);
    Grant grant{pack->credit_system, of(pack->credits) * command.quantity, world.now, 0};
    const std::int64_t amount = pack->price_minor * command.quantity;
    if (amount > 0) {
        Line line;
        line.kind = LineKind::CreditPack;
        line.amount_minor = amount;
        line.quantity = command.quantity;
        issue(world, {{pack->currency, {line}}}, world.now);
        grant.invoice = world.invoices.size();
    }
    world.grants.push_back(std::move(grant));
    return {};
}

namespace {

// What goes on after the period: the same, what was agreed, or nothing.
std::optional<Sold> goes_on_with(const Subscription& subscription) {
    if (subscription.scheduled) return subscription.scheduled->next;
    const bool free_trial =
        subscription.trial_end == subscription.period.end && subscription.fee_minor == 0;
    return free_trial ? std::nullopt : std::optional(subscription.sold);
}

void leave(World& world, Instant at) {
    std::erase_if(world.entities,
                  [&](const EntityStay& stay) { return stay.leaves && *stay.leaves <= at; });
}

void close_period(World& world, Holder seq) {
    const Instant at = world.now;
    const Subscription closing = *world.subscription(seq);
    const auto next = goes_on_with(closing);
    const bool ends = !next || closing.scheduled.has_value();
    LinesByCurrency lines = usage_lines(world, {seq, at, ends});
    Subscription goes_on = closing;
    if (next && ends) {
        goes_on = make(world, *next, at);
        goes_on.took_over_from = seq;
    } else if (next) {
        goes_on.period = period_around(closing.interval, closing.anchor, at);
        goes_on.closed_until = at;
    }
    if (next && goes_on.fee_minor > 0) {
        goes_on.paid_at_begin = goes_on.paid_at_begin || ends || closing.trial_end == at;
        lines[goes_on.currency].push_back(fee_line(goes_on, LineKind::PlanFee, goes_on.fee_minor));
    }
    issue(world, std::move(lines), at);
    if (ends) world.subscription(seq)->end = at;
    if (next && ends) world.subscriptions.push_back(goes_on);
    if (next && !ends) *world.subscription(seq) = goes_on;
    leave(world, at);
    if (ends) end_addons_without_base(world, at);
    count_seats(world);
}

void close_month(World& world, Holder seq) {
    issue(world, usage_lines(world, {seq, world.now, false}), world.now);
    world.subscription(seq)->closed_until = world.now;
}

Instant closing_of(const Subscription& subscription, Instant now) {
    if (!subscription.live_at(now)) return base::kEndOfTime;
    if (subscription.trialing_at(now)) return subscription.period.end;
    return std::min(subscription.period.end,
                    next_closing(subscription.interval, subscription.anchor,
                                 std::max(subscription.closed_until, subscription.begin)));
}

Instant next_due(const World& world) {
    Instant next = base::kEndOfTime;
    for (const Subscription& subscription : world.subscriptions)
        next = std::min(next, closing_of(subscription, world.now));
    for (const EntityStay& stay : world.entities) {
        if (stay.leaves) next = std::min(next, *stay.leaves);
    }
    return next;
}

}  // namespace

void advance(World& world, Instant to) {
    for (Instant due = next_due(world); due <= to; due = next_due(world)) {
        world.now = due;
        for (std::size_t i = 0; i < world.subscriptions.size(); ++i) {
            const Subscription& subscription = world.subscriptions[i];
            if (closing_of(subscription, due) != due) continue;
            if (subscription.period.end == due) {
                close_period(world, subscription.seq);
            } else {
                close_month(world, subscription.seq);
            }
        }
        leave(world, due);
    }
    world.now = to;
}

}  // namespace quipu::judge
