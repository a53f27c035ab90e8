// What a meter's windows leave unused and carry on, as a pure function of the windows that have
// usage. Idle windows in between carry on like any other, so that the answer never depends on when
// somebody looked.
#pragma once

#include <optional>
#include <vector>

#include "ledger/account.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// The lots that `window` begins with. `meter` may be null (no usage yet); `first` is the moment
// from which windows count. Empty when the plan feature carries nothing on.
[[nodiscard]] std::vector<RolloverLot> carried_into(const Meter* meter, const PlanFeature& grant,
                                                    const base::Quantity& limit,
                                                    base::Instant anchor, base::Instant first,
                                                    base::Period window);

[[nodiscard]] base::Quantity sum_of(const std::vector<RolloverLot>& lots);

}  // namespace quipu::ledger
