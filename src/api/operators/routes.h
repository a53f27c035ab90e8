// The routes of this folder. For who runs the ledger: keys, the clock, and what the API says of
// itself.
#pragma once

#include <vector>

#include "api/request/route.h"

namespace quipu::api {

class ApiLedger;

[[nodiscard]] std::vector<Route> operator_routes(ApiLedger& ledger);

}  // namespace quipu::api
