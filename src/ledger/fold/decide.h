// Every rule of an account: decide(state, command) -> events and an answer, or a rejection. Pure.
#pragma once

#include "ledger/decision.h"

namespace quipu::ledger {

// `asked.record.command` is one for an account; all others are rejected.
[[nodiscard]] Decision decide(const Asked& asked);

}  // namespace quipu::ledger
