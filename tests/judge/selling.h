// Subscriptions: attaching, switching, canceling, and what time brings
// (docs/contract/subscriptions.md).
#pragma once

#include "judge/world.h"

namespace quipu::judge {

Answer attach(World& world, const ledger::Attach& command);
Answer cancel(World& world, const ledger::Cancel& command);
Answer uncancel(World& world, const ledger::Uncancel& command);
Answer buy(World& world, const ledger::PurchaseAddon& command);

// Lets time pass up to `to`, included: periods close, trials end, entities leave, each at its own
// moment.
void advance(World& world, base::Instant to);

}  // namespace quipu::judge
