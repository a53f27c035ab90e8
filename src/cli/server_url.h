// Calls to a running server's API, with its errors as ours.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/http_client.h"

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

// One thread.
class ServerApi {
public:
    // The URL is that of the server, with or without /v1. Error code: `usage`.
    [[nodiscard]] static base::Result<ServerApi> open(const ServerOptions& options);

    // `path` is below /v1; `body` is JSON, "" = none. The answer's body. Error codes: those of
    // HttpClient, and the server's own when it does not answer 2xx.
    [[nodiscard]] base::Result<std::string> get(const std::string& path);
    [[nodiscard]] base::Result<std::string> post(const std::string& path, const std::string& body);

private:
    ServerApi(HttpClient client, std::string key)
        : client_(std::move(client)), key_(std::move(key)) {}

    HttpClient client_;
    std::string key_;
};

// The body of a 2xx answer; else the error it carries.
[[nodiscard]] base::Result<std::string> body_of(const base::Result<HttpReply>& reply);

}  // namespace quipu::cli
