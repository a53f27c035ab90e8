// Which route a request is for: all rows of the API, found by path and method.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/request/route.h"

namespace quipu::api {

struct MatchedRoute {
    std::size_t index = 0;  // in routes()
    // Of the path, decoded, in its order; "" where it has fewer.
    std::string parameter;
    std::string second_parameter;
};

// Never changes. A look-up costs some comparisons of the first part of the path, then of those rows
// that have it. Any thread.
class RouteTable {
public:
    explicit RouteTable(std::vector<Route> routes);  // no two of one method and path

    // Sorted by the first part of their path behind /v1.
    [[nodiscard]] std::span<const Route> routes() const { return routes_; }

    // `path` is not decoded. Several slashes count as one.
    [[nodiscard]] std::optional<MatchedRoute> match(std::string_view method,
                                                    std::string_view path) const;
    // The methods of a path that no route takes with the method asked, as `Allow` wants them
    // (static text); "" where no route has that path.
    [[nodiscard]] std::string_view allowed_methods(std::string_view path) const;

private:
    struct Range {
        std::size_t begin;
        std::size_t end;
    };
    [[nodiscard]] Range rows_of(std::string_view path) const;

    std::vector<Route> routes_;
    std::vector<std::string_view> subjects_;  // the sorted parts, one of each route
};

}  // namespace quipu::api
