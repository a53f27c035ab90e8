// GET /check with `at`: the answer that a check would have given at an instant of the past.
#pragma once

#include <string_view>

#include "api/usage/usage_call.h"
#include "engine/past_accounts.h"

namespace quipu::api {

// `at` as it was sent. Never creates a customer; one who was not known at that instant is answered
// as an unknown one. Besides those of PastAccounts: `validation_error`, `at_in_future`.
void check_past(Directory& directory, engine::LedgerEngine& engine, engine::PastAccounts& past,
                ApiCall call, UsageCall usage, std::string_view at);

}  // namespace quipu::api
