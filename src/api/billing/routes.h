// The routes of this folder. Unbilled usage, invoices, their explanation, and how an organisation
// collects.
#pragma once

#include <vector>

#include "api/request/route.h"

namespace quipu::api {

class ApiLedger;

[[nodiscard]] std::vector<Route> billing_routes(ApiLedger& ledger);

}  // namespace quipu::api
