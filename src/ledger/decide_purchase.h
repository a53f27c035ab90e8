// Credit packs: bought at once under the manual provider, else when they are paid.
#pragma once

#include "ledger/decide.h"

namespace quipu::ledger {

// What a paid intent of a pack brings about. False: the pack is gone, the money has to go back.
[[nodiscard]] bool finish_purchase(Events& events, const Account& account, const CatalogBook& book,
                                   PaymentIntent& intent, base::Instant now);

}  // namespace quipu::ledger
