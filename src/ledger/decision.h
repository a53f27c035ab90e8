// What a decision about one command says: the events that follow, and the answer. Pure.
#pragma once

#include <string>
#include <utility>

#include "base/instant.h"
#include "ledger/event.h"
#include "ledger/outcome.h"

namespace quipu::ledger {

struct Decision {
    Events events;  // empty with a rejection
    Outcome outcome;
};

[[nodiscard]] inline Decision rejected(Code code, std::string message) {
    return {{}, Rejection{code, std::move(message)}};
}

// How late and how early an event may have happened, against the log's clock.
inline constexpr std::int64_t kOldestMicros = 400 * base::kMicrosPerDay;
inline constexpr std::int64_t kFutureToleranceMicros = base::kMicrosPerDay;

}  // namespace quipu::ledger
