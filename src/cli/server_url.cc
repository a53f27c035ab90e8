#include "cli/server_url.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/json_body.h"
#include "cli/command.h"

namespace quipu::cli {
namespace {

using base::Result;

constexpr std::string_view kScheme = "http://";
constexpr std::string_view kMount = "/v1";

}  // namespace

void add_server_options(CLI::App& command, ServerOptions& options) {
    command.add_option("--url", options.url, "The server's address")
        ->type_name("URL")
        ->capture_default_str();
    command.add_option("--key", options.key, "Secret key of the organisation")->type_name("sk_…");
}

Result<std::string> body_of(const Result<HttpReply>& reply) {
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
    std::string_view rest = options.url;
    if (!rest.starts_with(kScheme)) return not_a_url();
    rest.remove_prefix(kScheme.size());
    while (rest.ends_with('/')) rest.remove_suffix(1);
    if (rest.ends_with(kMount)) rest.remove_suffix(kMount.size());
    if (rest.empty() || rest.find('/') != std::string_view::npos) return not_a_url();

    std::string host(rest);
    std::string port = "80";
    const std::size_t colon = rest.rfind(':');
    if (colon != std::string_view::npos && !rest.ends_with(']')) {
        host = rest.substr(0, colon);
        port = rest.substr(colon + 1);
    }
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return ServerApi(HttpClient(std::move(host), std::move(port)), options.key);
}

Result<std::string> ServerApi::get(const std::string& path) {
    return body_of(client_.send("GET", std::string(kMount) + path, "", key_));
}

Result<std::string> ServerApi::post(const std::string& path, const std::string& body) {
    return body_of(client_.send("POST", std::string(kMount) + path, body, key_));
}

}  // namespace quipu::cli
