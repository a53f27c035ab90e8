// Plans of a customer: attached, switched, cancelled, taken up again. Pure.
#pragma once

#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

[[nodiscard]] Decision decide(const Asked& asked, const Attach& command);
[[nodiscard]] Decision decide(const Asked& asked, const Cancel& command);
[[nodiscard]] Decision decide(const Asked& asked, const Uncancel& command);

// The plans that a new customer gets by themselves: free ones at once, paid ones wait for a
// payment.
[[nodiscard]] Events auto_enabled(const Account& account, const CatalogBook& book,
                                  base::Instant now);

}  // namespace quipu::ledger
