// The routes of this folder. Check, track, reserve, events, and usage over time.
#pragma once

#include <vector>

#include "api/request/route.h"

namespace quipu::api {

class ApiLedger;

[[nodiscard]] std::vector<Route> usage_routes(ApiLedger& ledger);

}  // namespace quipu::api
