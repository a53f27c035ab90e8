// Calls to a running server's API, with its errors as ours.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "http/http_client.h"

namespace CLI {
class App;
}

namespace quipu::cli {

// The options --url and --key.
struct ServerOptions {
    std::string url = "http://127.0.0.1:8080";
    std::string key;
};
void add_server_options(CLI::App& command, ServerOptions& options);

// Any thread; every call blocks and has a connection of its own.
class ServerApi {
public:
    // The URL is that of the server, with or without /v1. Error code: `usage`.
    [[nodiscard]] static base::Result<ServerApi> open(const ServerOptions& options);

    // `path` is below /v1; `body` is JSON, "" = none. The answer's body. Error codes: those of
    // call_server, and the server's own when it does not answer 2xx.
    [[nodiscard]] base::Result<std::string> get(const std::string& path);
    [[nodiscard]] base::Result<std::string> post(const std::string& path, const std::string& body);

private:
    ServerApi(std::string mount, std::string key)
        : mount_(std::move(mount)), key_(std::move(key)) {}

    std::string mount_;  // the URL with /v1
    std::string key_;
};

// The body of a 2xx answer; else the error it carries.
[[nodiscard]] base::Result<std::string> body_of(
    const base::Result<http::HttpClientResponse>& reply);

}  // namespace quipu::cli
