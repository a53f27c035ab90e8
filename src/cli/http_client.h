// A small blocking HTTP/1.1 client for the commands that talk to a running server.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"

namespace quipu::cli {

struct HttpReply {
    int status = 0;
    std::string body;
};

// One thread. Keeps its connection open between requests.
class HttpClient {
public:
    // `host` is a name or an address. `timeout` is for one request with its answer.
    HttpClient(std::string host, std::string port,
               std::chrono::milliseconds timeout = std::chrono::minutes(1));
    ~HttpClient();
    HttpClient(HttpClient&&) noexcept;

    // A body is sent as JSON. `key` goes into `Authorization: Bearer`; "" sends none. Any status is
    // an answer. Error codes: `server_unreachable` (not sent), `no_answer` (may have been done).
    [[nodiscard]] base::Result<HttpReply> send(const std::string& method, const std::string& path,
                                               const std::string& body, const std::string& key);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace quipu::cli
