// Units held before the work, settled with what it took (docs/reservations.md).
#pragma once

#include <string>

#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// Holds units if they might be used now, by the rule of check; `id` is the event's, and names the
// reservation from then on. Code: `too_many_reservations`.
[[nodiscard]] Decision decide(const Asked& asked, const Reserve& command);
// Usage like any other, of the moment at which the units were held, that may have what was held.
// One that is refused leaves the reservation as it was. Code: `reservation_not_found`.
[[nodiscard]] Decision decide(const Asked& asked, const ConfirmReservation& command);
[[nodiscard]] Decision decide(const Asked& asked, const ReleaseReservation& command);

}  // namespace quipu::ledger
