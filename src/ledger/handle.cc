#include "ledger/handle.h"

#include "ledger/apply.h"

namespace quipu::ledger {
namespace {

bool moves_seats(const Event& event) {
    return std::holds_alternative<EntityAdded>(event) ||
           std::holds_alternative<EntityRestored>(event) ||
           std::holds_alternative<PeriodAdvanced>(event) ||
           std::holds_alternative<SubscriptionStarted>(event);
}

void fold(Account& account, const CatalogBook& book, const Events& events, base::Instant at,
          std::vector<Invoice>& issued) {
    bool recount = false;
    for (const Event& event : events) {
        apply(account, event);
        recount = recount || moves_seats(event);
        if (const auto* invoice = std::get_if<InvoiceIssued>(&event))
            issued.push_back(invoice->invoice);
    }
    if (!recount) return;
    for (const Event& event : recount_seats(account, book, at)) apply(account, event);
}

}  // namespace

void fire_timers(Account& account, const CatalogBook& book, base::Instant now,
                 std::vector<Invoice>& issued) {
    while (account.next_due <= now) {
        const base::Instant due = account.next_due;
        fold(account, book, decide_timer(account, book), due, issued);
    }
}

Account open_account(const CatalogBook& book, const std::string& organisation,
                     const OpenAccount& command, base::Instant now) {
    Account account;
    apply(account,
          AccountOpened{organisation, command.customer, command.external_id, command.email, now});
    if (command.auto_enable) {
        for (const Event& event : auto_enabled(account, book, now)) apply(account, event);
    }
    return account;
}

Handled handle(Account& account, const CatalogBook& book, const CommandRecord& record,
               base::Instant now) {
    Handled handled;
    fire_timers(account, book, now, handled.invoices);
    Decision decision = decide(account, book, record, now);
    fold(account, book, decision.events, now, handled.invoices);
    handled.outcome = std::move(decision.outcome);
    for (Event& event : decision.events) {
        if (auto* usage = std::get_if<UsageRecorded>(&event))
            handled.postings = std::move(usage->postings);
    }
    return handled;
}

}  // namespace quipu::ledger
