// An invoice because somebody asks for it. Pure.
#pragma once

#include "ledger/account.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// Of all unbilled overage, open windows included: by difference to what they have billed.
[[nodiscard]] Decision decide_invoice(const Account& account, const CatalogBook& book,
                                      base::Instant now);

}  // namespace quipu::ledger
