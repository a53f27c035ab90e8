// Folding events into an account: no rules, no failures, no logging.
#pragma once

#include "ledger/account.h"
#include "ledger/event.h"
#include "ledger/fold/changes.h"

namespace quipu::ledger {

// Every event was made by decide on this very state. Adds to `changes` what has to be stored, and
// keeps `next_due` true.
void apply(Account& account, const Event& event, AccountChanges& changes);

}  // namespace quipu::ledger
