// The fold of one account: fire what is due, decide, apply. Live and replay run exactly this.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "ledger/fold/changes.h"
#include "ledger/fold/decide.h"
#include "ledger/notification.h"

namespace quipu::ledger {

// What leaves the ledger because of what happened, in its order.
struct Effects {
    std::vector<Invoice> invoices;  // issued
    std::vector<Invoice> settled;   // paid or voided after they were issued
    std::vector<ProviderCall> calls;
    std::vector<Notification> notifications;
};

struct Handled {
    Outcome outcome;
    std::vector<Posting> postings;  // of usage
    Effects effects;                // timers included
    bool refused = false;           // nothing happened: the id of the event is free again
    // Of a reservation that is settled: when its work began, and whose it was.
    std::optional<base::Instant> began_at;
    std::string entity;
};

// Fires every timer due at or before `now`, in order, each at its own moment.
void fire_timers(Account& account, const CatalogBook& book, base::Instant now,
                 AccountChanges& changes, Effects& effects);

// Opens an account that does not exist yet.
[[nodiscard]] Account open_account(const CatalogBook& book, const std::string& organisation,
                                   const OpenAccount& command, base::Instant now,
                                   AccountChanges& changes, Effects& effects);

// `find_invoice` reads an invoice of the account; it is asked only for commands that are about one.
// An error is that read's: timers may have fired by then, so the account has to be folded anew.
using FindInvoice = std::function<base::Result<std::optional<Invoice>>(std::uint32_t sequence)>;
[[nodiscard]] base::Result<Handled> handle(Account& account, const CatalogBook& book,
                                           const CommandRecord& record, base::Instant now,
                                           const FindInvoice& find_invoice,
                                           AccountChanges& changes);

}  // namespace quipu::ledger
