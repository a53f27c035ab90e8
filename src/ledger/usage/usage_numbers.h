// The numbers that check and track answer: what was used, what is left, of which limit, until when.
#pragma once

#include <vector>

#include "ledger/event.h"
#include "ledger/outcome.h"
#include "ledger/usage/decide_usage.h"
#include "ledger/usage/sources.h"

namespace quipu::ledger {

// Of the state as `postings` leave it; its code is not set yet.
[[nodiscard]] UsageAnswer describe(const Sources& sources, const UsageRequest& request,
                                   const std::vector<Posting>& postings);

// The plan, its version and its trial.
void describe_plan(UsageAnswer& answer, const Source& source);

// Whether all of it is still a number that a meter may hold.
[[nodiscard]] bool within_range(const Sources& sources, const std::vector<Posting>& postings);

}  // namespace quipu::ledger
