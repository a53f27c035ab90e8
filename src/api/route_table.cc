#include "api/route_table.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "http/http_query.h"

namespace quipu::api {
namespace {

// Takes the next part off the front of a path; "" when there is none left.
std::string_view take_part(std::string_view& path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end);
    return part;
}

// /api/v1 is another name of /v1.
std::string_view by_its_first_name(std::string_view path) {
    constexpr std::string_view kAlias = "/api/v1";
    const bool is_alias =
        path.starts_with(kAlias) && (path.size() == kAlias.size() || path[kAlias.size()] == '/');
    return is_alias ? path.substr(std::string_view("/api").size()) : path;
}

// What tells most routes apart: the part behind /v1, or the first one of what is elsewhere.
std::string_view subject_of(std::string_view path) {
    const std::string_view first = take_part(path);
    return first == "v1" ? take_part(path) : first;
}

using Parameters = std::array<std::string_view, 2>;

std::optional<Parameters> matched_parameters(std::string_view pattern, std::string_view path) {
    Parameters parameters;
    std::size_t count = 0;
    while (true) {
        const std::string_view wanted = take_part(pattern);
        const std::string_view got = take_part(path);
        if (wanted.empty() != got.empty()) return std::nullopt;
        if (wanted.empty()) return parameters;
        if (wanted.starts_with(':')) {
            parameters.at(count++) = got;
        } else if (wanted != got) {
            return std::nullopt;
        }
    }
}

unsigned bit_of(std::string_view method) {
    return method == "GET" ? 1U : method == "POST" ? 2U : 4U;
}

void check(const Route& route) {
    QUIPU_CHECK(route.method == "GET" || route.method == "POST" || route.method == "DELETE");
    QUIPU_CHECK(std::ranges::count(route.path, ':') <= 2);
    QUIPU_CHECK(route.handler != nullptr);
}

}  // namespace

RouteTable::RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {
    std::ranges::for_each(routes_, check);
    std::ranges::stable_sort(routes_, {}, [](const Route& each) { return subject_of(each.path); });
    for (const Route& each : routes_) {
        subjects_.push_back(subject_of(each.path));
        QUIPU_CHECK(std::ranges::count_if(routes_, [&](const Route& other) {
                        return other.method == each.method && other.path == each.path;
                    }) == 1);
    }
}

RouteTable::Range RouteTable::rows_of(std::string_view path) const {
    const auto [begin, end] = std::ranges::equal_range(subjects_, subject_of(path));
    return {static_cast<std::size_t>(begin - subjects_.begin()),
            static_cast<std::size_t>(end - subjects_.begin())};
}

std::optional<MatchedRoute> RouteTable::match(std::string_view method,
                                              std::string_view path) const {
    path = by_its_first_name(path);
    const Range rows = rows_of(path);
    for (std::size_t index = rows.begin; index < rows.end; ++index) {
        if (routes_[index].method != method) continue;
        const auto parameters = matched_parameters(routes_[index].path, path);
        if (!parameters) continue;
        return MatchedRoute{index, http::percent_decode((*parameters)[0]),
                            http::percent_decode((*parameters)[1])};
    }
    return std::nullopt;
}

std::string_view RouteTable::allowed_methods(std::string_view path) const {
    static constexpr auto kTexts = std::to_array<std::string_view>(
        {"", "GET, HEAD", "POST", "GET, HEAD, POST", "DELETE", "GET, HEAD, DELETE", "POST, DELETE",
         "GET, HEAD, POST, DELETE"});
    path = by_its_first_name(path);
    const Range rows = rows_of(path);
    unsigned methods = 0;
    for (std::size_t index = rows.begin; index < rows.end; ++index) {
        if (matched_parameters(routes_[index].path, path)) methods |= bit_of(routes_[index].method);
    }
    return kTexts[methods];
}

}  // namespace quipu::api
