// What a command is decided on, and what a decision says: the events that follow, and the answer.
// Each family of commands has a decide(asked, command) for each of its own. Pure.
#pragma once

#include <string>
#include <utility>

#include "base/instant.h"
#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/event.h"
#include "ledger/outcome.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// What a command is decided on. Borrowed: valid during the call.
struct Asked {
    const Account& account;  // open, and advanced to `now`
    const CatalogBook& book;
    const CommandRecord& record;
    const Invoice*
        invoice;  // that the command is about (subject_invoice in payments/decide_payment.h)
    base::Instant now;
};

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
