// The routes of this folder. Unbilled usage, invoices, their explanation, and how an organisation
// collects.
#pragma once

#include <vector>

#include "api/request/forward.h"
#include "api/request/route.h"

namespace quipu::api {

[[nodiscard]] std::vector<Route> billing_routes(Directory& directory, Commands& commands,
                                                const payments::PaymentIntents& intents,
                                                PaymentAnswers& answers,
                                                const ledger::ControlState& control,
                                                engine::LedgerEngine& engine,
                                                engine::HistoryWalks& walks);

}  // namespace quipu::api
