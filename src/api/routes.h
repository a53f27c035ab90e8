// The route table: every path that the API serves below its mount.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/request/call.h"

namespace quipu::api {

// Raw: the handler decodes it itself. OptionalJson: what cannot be read counts as {}.
enum class BodyKind : std::uint8_t { None, Json, OptionalJson, Raw };

struct ApiRoute {
    std::string_view method;
    std::string_view path;  // `/plans/:slug`: a part that begins with : takes any value
    ApiHandler handler;
    BodyKind body;
};

[[nodiscard]] std::span<const ApiRoute> api_routes();

struct MatchedRoute {
    std::size_t index = 0;  // in api_routes
    std::string parameter;  // decoded; "" when the path has none
};
// `path` without the mount. Empty parts (`//check`) count as none.
[[nodiscard]] std::optional<MatchedRoute> match_route(std::string_view method,
                                                      std::string_view path);

// The methods of a path that no route takes with the method asked, as `Allow` wants them (static
// text); "" where no route has that path.
[[nodiscard]] std::string_view allowed_methods(std::string_view path);

// What is behind `/v1` or `/api/v1`; nothing for a path that is not below either.
[[nodiscard]] std::optional<std::string_view> below_mount(std::string_view path);

}  // namespace quipu::api
