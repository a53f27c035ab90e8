// Every rule of an account: decide(state, command) -> events and an answer, or a rejection. Pure.
#pragma once

#include "base/instant.h"
#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// `account` is open and has been advanced to `now`. `invoice` is the one that the command is about
// (subject_invoice in decide_payment.h), null where there is none. Commands that are not for an
// account are rejected.
[[nodiscard]] Decision decide(const Account& account, const CatalogBook& book,
                              const CommandRecord& record, const Invoice* invoice,
                              base::Instant now);

}  // namespace quipu::ledger
