// The log's clock: the only source of time that the ledger knows.
#pragma once

#include "base/instant.h"

namespace quipu::ledger {

// Implementations never run backwards and may be called from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual base::Instant now() = 0;
};

}  // namespace quipu::ledger
