// The routes of this folder. Customers, their entities, overrides and history.
#pragma once

#include <vector>

#include "api/request/forward.h"
#include "api/request/route.h"

namespace quipu::api {

[[nodiscard]] std::vector<Route> customer_routes(Directory& directory, Commands& commands,
                                                 const ledger::ControlState& control,
                                                 base::ApiIds& ids);

}  // namespace quipu::api
