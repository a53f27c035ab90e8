// The routes of this folder. Customers, their entities, overrides and history.
#pragma once

#include <vector>

#include "api/request/route.h"

namespace quipu::api {

class ApiLedger;

[[nodiscard]] std::vector<Route> customer_routes(ApiLedger& ledger);

}  // namespace quipu::api
