#include "cli/server_url.h"

#include <fmt/format.h>

#include "base/json_body.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/server_call.h"
#include "http/http_url.h"

namespace quipu::cli {
namespace {

using base::Result;

constexpr std::string_view kMount = "/v1";

bool is_root_or_mount(std::string_view target) {
    while (target.ends_with('/')) target.remove_suffix(1);
    return target.empty() || target == kMount;
}

}  // namespace

void add_server_options(CLI::App& command, ServerOptions& options) {
    add_option(command, "--url", options.url, "The server's address",
               {.type = "URL", .shows_default = true});
    add_option(command, "--key", options.key, "Secret key of the organisation", {.type = "sk_…"});
}

Result<std::string> body_of(const Result<http::HttpClientResponse>& reply) {
    if (!reply) return tl::unexpected(reply.error());
    if (reply->status >= 200 && reply->status < 300) return reply->body;
    base::JsonReader reader;
    const auto json = reader.read(reply->body);
    const auto code = json ? (*json)["code"].string() : std::nullopt;
    const auto message = json ? (*json)["error"].string() : std::nullopt;
    return base::fail(
        base::ErrorCode::find(code.value_or("")).value_or(base::ErrorCode("http_error")),
        message ? std::string(*message) : fmt::format("The server answered {}.", reply->status));
}

Result<ServerApi> ServerApi::open(const ServerOptions& options) {
    if (options.key.empty()) return base::fail(server::kUsage, "--key is required.");
    const auto not_a_url = [&] {
        return base::fail(server::kUsage,
                          fmt::format("--url '{}' is not http://HOST:PORT.", options.url));
    };
    const auto url = http::parse_http_url(options.url);
    if (!url || url->tls || !is_root_or_mount(url->target)) return not_a_url();
    return ServerApi(fmt::format("http://{}{}", url->authority, kMount), options.key);
}

Result<std::string> ServerApi::get(const std::string& path) {
    return body_of(call_server(server_request("GET", mount_ + path, "", key_), patient()));
}

Result<std::string> ServerApi::post(const std::string& path, const std::string& body) {
    return body_of(call_server(server_request("POST", mount_ + path, body, key_), patient()));
}

}  // namespace quipu::cli
