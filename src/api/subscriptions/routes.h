// The routes of this folder. Plans of a customer.
#pragma once

#include <vector>

#include "api/request/route.h"

namespace quipu::api {

class ApiLedger;

[[nodiscard]] std::vector<Route> subscription_routes(ApiLedger& ledger);

}  // namespace quipu::api
