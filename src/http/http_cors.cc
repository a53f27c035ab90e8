#include "http/http_cors.h"

#include <fmt/format.h>

#include <algorithm>

#include "http/http_server.h"

namespace quipu::http {
namespace {

// Nothing here depends on the request, so a browser may keep it: ten minutes.
constexpr std::string_view kPreflight =
    "Access-Control-Allow-Methods: GET, POST, DELETE\r\n"
    "Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key\r\n"
    "Access-Control-Max-Age: 600\r\n";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// scheme://host[:port] in the lower case that browsers send, and nothing behind it.
bool is_origin(std::string_view text) {
    std::size_t host = 0;
    for (const std::string_view scheme :
         {std::string_view("http://"), std::string_view("https://")})
        if (text.starts_with(scheme)) host = scheme.size();
    if (host == 0 || host == text.size()) return false;
    return std::ranges::all_of(text.substr(host), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("-._:[]").find(c) != std::string_view::npos;
    });
}

}  // namespace

CorsAnswer cors_of(const HttpRequest& request, const std::vector<std::string>& origins) {
    CorsAnswer answer;
    if (origins.empty()) return answer;
    answer.varies = true;
    const std::string_view origin = request.header("origin");
    if (origin.empty()) return answer;
    const auto listed = std::ranges::find(origins, origin);
    if (listed != origins.end()) answer.origin = *listed;
    answer.preflight =
        request.method == "OPTIONS" && !request.header("access-control-request-method").empty();
    return answer;
}

void append_cors(std::string& out, const CorsAnswer& answer) {
    if (!answer.varies) return;
    out.append("Vary: Origin\r\n");
    if (answer.origin.empty()) return;
    out.append("Access-Control-Allow-Origin: ").append(answer.origin).append("\r\n");
    out.append(answer.preflight ? kPreflight : "Access-Control-Expose-Headers: Retry-After\r\n");
}

base::Result<std::vector<std::string>> parse_origins(std::string_view list) {
    std::vector<std::string> origins;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view origin = trimmed(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
        if (origin.empty()) continue;
        if (!is_origin(origin)) {
            return base::fail("origin_malformed",
                              fmt::format("'{}' is no origin: write https://app.example.com, with "
                                          "a port where it is needed and without a path.",
                                          origin));
        }
        origins.emplace_back(origin);
    }
    return origins;
}

}  // namespace quipu::http
