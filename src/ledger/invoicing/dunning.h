// Charging what an invoice is owed, attempt by attempt. Pure.
#pragma once

#include "ledger/account.h"
#include "ledger/event.h"
#include "ledger/terms.h"

namespace quipu::ledger {

[[nodiscard]] base::Instant hours_after(base::Instant at, std::uint32_t hours);

// A dunning's next charge, now: of the saved method, or nothing but the wait for one.
void attempt_charge(Events& events, const Account& account, const CatalogBook& book,
                    Dunning dunning, base::Instant at);

}  // namespace quipu::ledger
