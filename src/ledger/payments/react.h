// What follows from an event by itself: an issued invoice is collected, a payment lifts what its
// absence had caused. Pure; part of the fold, after the event has been applied.
#pragma once

#include "ledger/account.h"
#include "ledger/event.h"
#include "ledger/terms.h"

namespace quipu::ledger {

[[nodiscard]] Events react(const Account& account, const CatalogBook& book, const Event& event,
                           base::Instant at);

}  // namespace quipu::ledger
