// Limits given to one customer, and usage taken back.
#pragma once

#include "ledger/command.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

[[nodiscard]] Decision decide(const Asked& asked, const GrantOverride& command);
[[nodiscard]] Decision decide(const Asked& asked, const RevokeOverride& command);

// Takes units back from where the window's last ones went: overage first, then add-on credits, then
// the allowance, then what was rolled over. All or nothing.
[[nodiscard]] Decision decide(const Asked& asked, const CorrectUsage& command);

}  // namespace quipu::ledger
