// Credit packs: bought at once under the manual provider, else when they are paid.
#pragma once

#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

[[nodiscard]] Decision decide(const Asked& asked, const PurchaseAddon& command);

// What a paid intent of a pack brings about. False: the pack is gone, the money has to go back.
[[nodiscard]] bool finish_purchase(Events& events, const Account& account, const CatalogBook& book,
                                   PaymentIntent& intent, base::Instant now);

}  // namespace quipu::ledger
