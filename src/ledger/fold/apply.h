// Folding events into an account: no rules, no failures, no logging.
#pragma once

#include "ledger/account.h"
#include "ledger/event.h"

namespace quipu::ledger {

// Every event was made by decide on this very state. Marks what changed as unsaved and keeps
// `next_due` true.
void apply(Account& account, const Event& event);

}  // namespace quipu::ledger
