// The routes of this folder. Endpoints of an organisation and what was sent to them.
#pragma once

#include <vector>

#include "api/request/route.h"

namespace quipu::api {

class ApiLedger;

[[nodiscard]] std::vector<Route> webhook_routes(ApiLedger& ledger);

}  // namespace quipu::api
