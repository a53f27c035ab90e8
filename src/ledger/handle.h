// The fold of one account: fire what is due, decide, apply. Live and replay run exactly this.
#pragma once

#include <vector>

#include "ledger/decide.h"

namespace quipu::ledger {

struct Handled {
    Outcome outcome;
    std::vector<Posting> postings;  // of usage
    std::vector<Invoice> invoices;  // issued on the way, timers included
};

// Fires every timer due at or before `now`, in order, each at its own moment.
void fire_timers(Account& account, const CatalogBook& book, base::Instant now,
                 std::vector<Invoice>& issued);

// Opens an account that does not exist yet.
[[nodiscard]] Account open_account(const CatalogBook& book, const std::string& organisation,
                                   const OpenAccount& command, base::Instant now);

[[nodiscard]] Handled handle(Account& account, const CatalogBook& book, const CommandRecord& record,
                             base::Instant now);

}  // namespace quipu::ledger
