// The machine's time, which deliveries are made and tried by: the ledger's clock may stand still.
#pragma once

#include <chrono>

#include "base/instant.h"

namespace quipu::webhooks {

[[nodiscard]] inline base::Instant machine_now() {
    using std::chrono::duration_cast;
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {duration_cast<std::chrono::microseconds>(since).count()};
}

}  // namespace quipu::webhooks
