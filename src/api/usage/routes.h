// The routes of this folder. Check, track, reserve, events, and usage over time.
#pragma once

#include <vector>

#include "api/request/forward.h"
#include "api/request/route.h"

namespace quipu::api {

[[nodiscard]] std::vector<Route> usage_routes(Directory& directory, Commands& commands,
                                              engine::LedgerEngine& engine,
                                              engine::PastAccounts& past,
                                              engine::HistoryWalks& walks,
                                              ingest::CloudEventDecoder& decoder);

}  // namespace quipu::api
