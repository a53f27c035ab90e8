// Limits given to one customer, and usage taken back.
#pragma once

#include "ledger/command.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

[[nodiscard]] Decision decide_grant_override(const CatalogBook& book, const GrantOverride& command,
                                             base::Instant now);
[[nodiscard]] Decision decide_revoke_override(const Account& account,
                                              const RevokeOverride& command);

// Takes units back from where the window's last ones went: overage first, then add-on credits, then
// the allowance, then what was rolled over. All or nothing.
[[nodiscard]] Decision decide_correct_usage(const Account& account, const CatalogBook& book,
                                            const CorrectUsage& command, base::Instant at,
                                            base::Instant now);

}  // namespace quipu::ledger
