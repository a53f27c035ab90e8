// The routes of this folder. The catalog: publishing and showing it.
#pragma once

#include <vector>

#include "api/request/route.h"

namespace quipu::api {

class ApiLedger;

[[nodiscard]] std::vector<Route> catalog_routes(ApiLedger& ledger);

}  // namespace quipu::api
