// Entities of a customer: added, restored, removed, and counted as seats. Pure.
#pragma once

#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

[[nodiscard]] Decision decide_add_entity(const Account& account, const CatalogBook& book,
                                         const AddEntity& command, base::Instant now);
[[nodiscard]] Decision decide_remove_entity(const Account& account, const CatalogBook& book,
                                            const RemoveEntity& command, base::Instant now);

// Seats that are held but not yet counted in the current period.
[[nodiscard]] Events recount_seats(const Account& account, const CatalogBook& book,
                                   base::Instant now);

}  // namespace quipu::ledger
