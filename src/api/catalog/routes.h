// The routes of this folder. The catalog: publishing and showing it.
#pragma once

#include <vector>

#include "api/request/forward.h"
#include "api/request/route.h"

namespace quipu::api {

[[nodiscard]] std::vector<Route> catalog_routes(Directory& directory, Commands& commands);

}  // namespace quipu::api
