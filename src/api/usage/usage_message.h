// The sentences of check and track (docs/contract/checks-and-usage.md#sentences).
#pragma once

#include <string>

#include "api/usage/usage_json.h"
#include "ledger/outcome.h"
#include "ledger/terms.h"

namespace quipu::api {

// `plan` is the plan's name, `terms` what it grants; both may be missing.
[[nodiscard]] std::string usage_message(const ledger::UsageAnswer& answer, std::string_view plan,
                                        const ledger::PlanFeature* terms, UsageWords words);

}  // namespace quipu::api
