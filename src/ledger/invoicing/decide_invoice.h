// An invoice because somebody asks for it. Pure.
#pragma once

#include "ledger/account.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// Of all unbilled overage, open windows included: by difference to what they have billed.
[[nodiscard]] Decision decide(const Asked& asked, const GenerateInvoice& command);

}  // namespace quipu::ledger
