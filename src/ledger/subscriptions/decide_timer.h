// What time itself brings about: periods, trials, removals, expiries, attempts to collect. Pure.
#pragma once

#include "ledger/account.h"
#include "ledger/event.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// What happens at the account's earliest timer, `account.next_due`.
[[nodiscard]] Events decide_timer(const Account& account, const CatalogBook& book);

}  // namespace quipu::ledger
