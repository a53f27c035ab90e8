// What usage gives occasion to tell: a window that passes 80 % or all of its allowance, a limit
// that refused, an overage limit that only notifies. Each once per window.
#pragma once

#include <vector>

#include "ledger/account.h"
#include "ledger/event.h"
#include "ledger/outcome.h"
#include "ledger/usage/sources.h"

namespace quipu::ledger {

// The lots of windows that this is the first usage of.
[[nodiscard]] Events window_openings(const Sources& sources);

// After `postings`, which `answer` includes already.
[[nodiscard]] Events usage_notices(const Account& account, const Sources& sources,
                                   const std::vector<Posting>& postings, const UsageAnswer& answer,
                                   base::Instant now);

// A request that the limit refused.
[[nodiscard]] Events limit_notices(const Sources& sources, const UsageAnswer& answer);

}  // namespace quipu::ledger
