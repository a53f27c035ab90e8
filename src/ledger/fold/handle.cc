#include "ledger/fold/handle.h"

#include "base/check.h"
#include "ledger/fold/apply.h"
#include "ledger/fold/notifications.h"
#include "ledger/payments/decide_payment.h"
#include "ledger/payments/react.h"
#include "ledger/subscriptions/attach.h"
#include "ledger/subscriptions/decide_entity.h"
#include "ledger/subscriptions/decide_timer.h"

namespace quipu::ledger {
namespace {

bool moves_seats(const Event& event) {
    return std::holds_alternative<EntityAdded>(event) ||
           std::holds_alternative<EntityRestored>(event) ||
           std::holds_alternative<PeriodAdvanced>(event) ||
           std::holds_alternative<SubscriptionStarted>(event);
}

// Applies events and what follows from them, depth first.
void fold(Account& account, const CatalogBook& book, const Events& events, base::Instant at,
          Effects& effects, bool& recount) {
    for (const Event& event : events) {
        apply(account, event);
        recount = recount || moves_seats(event);
        if (const auto* issued = std::get_if<InvoiceIssued>(&event))
            effects.invoices.push_back(issued->invoice);
        if (const auto* settled = std::get_if<InvoiceSettled>(&event))
            effects.settled.push_back(settled->invoice);
        if (const auto* called = std::get_if<ProviderCalled>(&event))
            effects.calls.push_back(called->call);
        notify(effects.notifications, account, event, at);
        const Events reaction = react(account, book, event, at);
        if (!reaction.empty()) fold(account, book, reaction, at, effects, recount);
    }
}

void fold(Account& account, const CatalogBook& book, const Events& events, base::Instant at,
          Effects& effects) {
    bool recount = false;
    fold(account, book, events, at, effects, recount);
    if (!recount) return;
    for (const Event& event : recount_seats(account, book, at)) apply(account, event);
}

}  // namespace

void fire_timers(Account& account, const CatalogBook& book, base::Instant now, Effects& effects) {
    while (account.next_due <= now) {
        const base::Instant due = account.next_due;
        const Events events = decide_timer(account, book);
        fold(account, book, events, due, effects);
        if (!events.empty()) continue;
        // What was due has gone by itself, such as a credit that was spent before it expired.
        account.next_due = earliest_timer(account);
        QUIPU_CHECK(account.next_due > due);
    }
}

Account open_account(const CatalogBook& book, const std::string& organisation,
                     const OpenAccount& command, base::Instant now, Effects& effects) {
    Account account;
    Events events;
    events.emplace_back(
        AccountOpened{organisation, command.customer, command.external_id, command.email, now});
    fold(account, book, events, now, effects);
    if (command.auto_enable) fold(account, book, auto_enabled(account, book, now), now, effects);
    return account;
}

Handled handle(Account& account, const CatalogBook& book, const CommandRecord& record,
               base::Instant now, const FindInvoice& find_invoice) {
    Handled handled;
    fire_timers(account, book, now, handled.effects);
    std::optional<Invoice> invoice;
    if (const auto subject = subject_invoice(account, record.command))
        invoice = find_invoice(*subject);
    if (const auto* confirm = std::get_if<ConfirmReservation>(&record.command)) {
        if (const Reservation* held = account.find_reservation(confirm->reservation)) {
            handled.began_at = held->at;
            handled.entity = held->entity;
        }
    }
    Decision decision = decide(account, book, record, invoice ? &*invoice : nullptr, now);
    fold(account, book, decision.events, now, handled.effects);
    handled.outcome = std::move(decision.outcome);
    for (Event& event : decision.events) {
        if (auto* usage = std::get_if<UsageRecorded>(&event))
            handled.postings = std::move(usage->postings);
    }
    // What fell due at this very moment, such as a threshold without grace.
    fire_timers(account, book, now, handled.effects);
    return handled;
}

}  // namespace quipu::ledger
