// Every route of the API: the rows that its folders bring, joined.
#pragma once

#include <vector>

#include "api/request/route.h"

namespace quipu::payments {
class SandboxProvider;
}

namespace quipu::api {

class ApiLedger;

// `sandbox` is null where there is none. All outlive what is answered.
[[nodiscard]] std::vector<Route> api_routes(ApiLedger& ledger, payments::SandboxProvider* sandbox);

}  // namespace quipu::api
