// The routes of this folder. Plans of a customer.
#pragma once

#include <vector>

#include "api/request/forward.h"
#include "api/request/route.h"

namespace quipu::api {

[[nodiscard]] std::vector<Route> subscription_routes(Directory& directory, Commands& commands,
                                                     PaymentAnswers& answers,
                                                     const ledger::ControlState& control);

}  // namespace quipu::api
