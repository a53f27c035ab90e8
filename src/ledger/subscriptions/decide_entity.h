// Entities of a customer: added, restored, removed, and counted as seats. Pure.
#pragma once

#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

[[nodiscard]] Decision decide(const Asked& asked, const AddEntity& command);
[[nodiscard]] Decision decide(const Asked& asked, const RemoveEntity& command);

// Seats that are held but not yet counted in the current period.
[[nodiscard]] Events recount_seats(const Account& account, const CatalogBook& book,
                                   base::Instant now);

}  // namespace quipu::ledger
