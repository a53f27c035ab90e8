// The routes of this folder. Payment methods, and the messages of providers.
#pragma once

#include <vector>

#include "api/request/forward.h"
#include "api/request/route.h"

namespace quipu::api {

[[nodiscard]] std::vector<Route> payment_routes(Directory& directory, Commands& commands,
                                                payments::PaymentIntents& intents,
                                                PaymentAnswers& answers,
                                                const ledger::ControlState& control);
// Of a server that has it: what tests tell it, and its pages, where customers' browsers ask without
// a key.
[[nodiscard]] std::vector<Route> sandbox_routes(payments::SandboxProvider& sandbox);

}  // namespace quipu::api
