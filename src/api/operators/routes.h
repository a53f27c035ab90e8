// The routes of this folder. For who runs the ledger: keys, the clock, and what the API says of
// itself.
#pragma once

#include <vector>

#include "api/request/forward.h"
#include "api/request/route.h"

namespace quipu::api {

[[nodiscard]] std::vector<Route> operator_routes(engine::LedgerEngine& engine, Commands& commands,
                                                 base::ApiIds& ids);

}  // namespace quipu::api
