#include "ledger/subscriptions/decide_checkout.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/invoicing/intents.h"
#include "ledger/invoicing/invoices.h"
#include "ledger/subscriptions/subscription_changes.h"
#include "ledger/subscriptions/switching.h"

namespace quipu::ledger {
namespace {

using base::Instant;

// The least that a page asks for (docs/contract/subscriptions.md#upgrade).
constexpr std::int64_t kLeastSwitchMinor = 100;

PaymentIntent intent_for(const Account& account, const CatalogBook& book, IntentPurpose purpose,
                         bool charge_saved, const Plan& plan, const Attach& command, Instant now) {
    PaymentIntent intent = new_intent(account, book.settings(), purpose, charge_saved, now);
    intent.plan = plan.slug;
    intent.catalog_version = book.newest().version;
    intent.currency = plan.currency;
    intent.amount_minor = plan.price_minor;
    intent.description = plan.name;
    intent.callback_url = command.callback_url;
    return intent;
}

Decision ask(const Account& account, PaymentIntent intent, AttachType type, std::string message) {
    Decision decision;
    AttachAnswer answer;
    answer.type = type;
    answer.message = std::move(message);
    answer.intent = open_intent(decision.events, account, std::move(intent));
    decision.outcome = std::move(answer);
    return decision;
}

// The invoice that the payment settles, and one of its own for what the plan before left unbilled.
void issue(Events& events, const Account& account, const CatalogBook& book, PaymentIntent& intent,
           const Subscription& next, InvoiceLine line, const Subscription* old, Instant now) {
    LinesByCurrency lines;
    lines[intent.currency].push_back(std::move(line));
    InvoiceTerms terms{InvoiceTrigger::Subscription, now, next.period, &next};
    terms.paid_by = intent.id;
    const auto paid = make_invoices(account, lines, terms);
    append_invoices(events, paid);
    if (!paid.empty()) intent.invoice = paid.front().sequence;
    if (old == nullptr) return;
    InvoiceTerms rest{InvoiceTrigger::Subscription, now, {old->period.start, now}, old};
    rest.made_before = static_cast<std::uint32_t>(paid.size());
    append_invoices(events, make_invoices(account, unbilled_usage(account, book, old->seq), rest));
}

void end_if_running(Events& events, const CatalogBook& book, const Subscription* old, Instant now,
                    Ending ending = Ending::Switch) {
    if (old != nullptr)
        end_subscription(events, book, *old, SubscriptionStatus::Canceled, now, ending);
}

}  // namespace

Decision checkout_plan(const Account& account, const CatalogBook& book, const Plan& plan,
                       AttachType type, bool charge_saved, const Attach& command, Instant now) {
    PaymentIntent intent =
        intent_for(account, book, IntentPurpose::Subscribe, charge_saved, plan, command, now);
    const char* once = plan.billing_type == BillingType::OneTime ? " (one-time)" : "";
    return ask(account, std::move(intent), type,
               fmt::format("Checkout created for {}{}", plan.name, once));
}

std::optional<Decision> checkout_switch(const Account& account, const CatalogBook& book,
                                        const Subscription& old, const Plan& from, const Plan& to,
                                        AttachType type, const Attach& command, Instant now) {
    const Subscription next = replacement(account, book.newest(), old, from, to, now);
    const std::int64_t owed = switch_line(old, from, to, next, now).amount_minor;
    if (owed <= 0) return std::nullopt;
    PaymentIntent intent =
        intent_for(account, book, IntentPurpose::Switch, false, to, command, now);
    intent.amount_minor = std::max(owed, kLeastSwitchMinor);
    intent.description = fmt::format("{} to {}", from.name, to.name);
    intent.subscription = old.seq;
    intent.expires_at = std::min(intent.expires_at, old.period.end);
    return ask(account, std::move(intent), type,
               fmt::format("Checkout created for upgrade to {}", to.name));
}

Decision checkout_trial(const Account& account, const CatalogBook& book, const Plan& plan,
                        const Attach& command, Instant now) {
    PaymentIntent intent =
        intent_for(account, book, IntentPurpose::Trial, false, plan, command, now);
    intent.amount_minor = 0;
    intent.description = fmt::format("{} trial of {}", trial_length(plan), plan.name);
    return ask(account, std::move(intent), AttachType::Trial,
               fmt::format("Add a payment method to start the {} trial of {}", trial_length(plan),
                           plan.name));
}

std::optional<Decision> pay_open_fee(const Account& account, const CatalogBook& book,
                                     const Plan& plan, const Attach& command, Instant now) {
    const Subscription* replaced = replaced_by(account, book, plan);
    const auto owes = [&](const Subscription& s) {
        const bool meant =
            (s.status == SubscriptionStatus::PastDue && s.plan == plan.slug) || &s == replaced;
        return meant && s.fee_invoice != 0 && account.find_dunning(s.fee_invoice) != nullptr;
    };
    const auto overdue = std::ranges::find_if(account.subscriptions, owes);
    if (overdue == account.subscriptions.end()) return std::nullopt;
    const Dunning& owed = *account.find_dunning(overdue->fee_invoice);
    PaymentIntent intent = new_intent(account, book.settings(), IntentPurpose::Invoice, false, now);
    intent.invoice = owed.invoice;
    intent.amount_minor = owed.amount_minor;
    intent.currency = owed.currency;
    intent.description = fmt::format("Overdue fee of {}", overdue->plan);
    intent.callback_url = command.callback_url;
    return ask(account, std::move(intent), AttachType::Lateral,
               fmt::format("The fee of {} is not paid yet", overdue->plan));
}

Subscription begin_trial(Events& events, const Account& account, const CatalogBook& book,
                         const Plan& plan, const Subscription* room, Instant now) {
    Subscription subscription = new_subscription(account, book.newest(), plan, now);
    subscription.status = SubscriptionStatus::Trialing;
    subscription.period = {now, trial_end(account, plan, now).value_or(now)};
    end_if_running(events, book, room, now);
    begin(events, account, subscription);
    if (!had_trial(account, plan)) events.emplace_back(TrialUsed{plan.slug});
    return subscription;
}

bool finish_subscribe(Events& events, const Account& account, const CatalogBook& book,
                      PaymentIntent& intent, Instant now) {
    const Plan* plan = book.plan(intent.plan, intent.catalog_version);
    const bool repeatable = plan != nullptr && plan->billing_type == BillingType::OneTime;
    if (plan == nullptr || (!repeatable && live_on(account, intent.plan) != nullptr)) return false;
    const Subscription* old = makes_room_for(account, book, *plan);
    const Plan* from = old != nullptr ? book.plan(old->plan, old->catalog_version) : nullptr;
    // Another plan was paid for meanwhile: it is not given up for an older page.
    const bool paid_meanwhile = from != nullptr && !is_free(*from) && is_live(*old) &&
                                old->status != SubscriptionStatus::Trialing;
    if (paid_meanwhile) return false;
    Subscription next = new_subscription(account, book.newest(), *plan, now);
    next.catalog_version = intent.catalog_version;  // as it was sold
    begin(events, account, next);
    issue(events, account, book, intent, next, plan_fee_line(*plan, next, next.period), old, now);
    end_if_running(events, book, old, now);
    intent.subscription = next.seq;
    return true;
}

bool finish_switch(Events& events, const Account& account, const CatalogBook& book,
                   PaymentIntent& intent, Instant now) {
    const Subscription* old = account.find_subscription(intent.subscription);
    const Plan* to = book.plan(intent.plan, intent.catalog_version);
    if (old == nullptr || !is_live(*old) || old->fee_invoice != 0 || to == nullptr) return false;
    const Plan* from = book.plan(old->plan, old->catalog_version);
    if (from == nullptr || live_on(account, intent.plan) != nullptr) return false;
    Subscription next = replacement(account, book.newest(), *old, *from, *to, now);
    next.catalog_version = intent.catalog_version;
    InvoiceLine line = switch_line(*old, *from, *to, next, now);
    const Ending ending =
        line.kind == LineKind::Proration ? Ending::CreditedSwitch : Ending::Switch;
    line.amount_minor = line.unit_price_minor = intent.amount_minor;  // as it was agreed
    begin(events, account, next);
    issue(events, account, book, intent, next, std::move(line), old, now);
    end_if_running(events, book, old, now, ending);
    intent.subscription = next.seq;
    return true;
}

bool finish_trial(Events& events, const Account& account, const CatalogBook& book,
                  PaymentIntent& intent, Instant now) {
    const Plan* plan = book.plan(intent.plan, intent.catalog_version);
    if (plan == nullptr || !trial_end(account, *plan, now) ||
        live_on(account, intent.plan) != nullptr) {
        return true;
    }
    const Subscription* old = makes_room_for(account, book, *plan);
    if (!gives_up_nothing(book, old)) return true;
    intent.subscription = begin_trial(events, account, book, *plan, old, now).seq;
    return true;
}

}  // namespace quipu::ledger
