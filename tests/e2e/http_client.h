// A blocking HTTP/1.1 client with one keep-alive connection, for servers that may die at any
// moment.
//
// Bytes over a socket, on purpose: it judges the server's answers without the parser that the
// server and the client in src/http share, sends ahead of the answers, and counts on nothing that a
// library repeats or repairs. It reads what our server writes and is not to learn more of HTTP.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::e2e {

struct HttpReply {
    int status = 0;
    std::string body;
};

struct HttpCall {
    std::string_view method;
    std::string_view path;
    std::string_view body = {};
    std::string_view key = {};              // bearer token; "" = none
    std::string_view idempotency_key = {};  // "" = none
    std::string_view content_type = "application/json";
    std::string_view headers = {};  // more of them: whole lines, each with its "\r\n"
};

// One thread. Connects at the first call and again whenever the connection was lost.
class HttpClient {
public:
    // The port is read at every connect, since a server that starts again has another one. 0 means
    // that nobody listens.
    explicit HttpClient(const std::atomic<std::uint16_t>& port) : port_(port) {}
    ~HttpClient() { close(); }
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // Nothing when the connection broke or 60 s went by: the server may have acted on it.
    [[nodiscard]] std::optional<HttpReply> call(const HttpCall& call);
    // The two halves of `call`, so that many requests can be in flight. False: the connection
    // broke.
    [[nodiscard]] bool send(const HttpCall& call);
    [[nodiscard]] std::optional<HttpReply> receive();

private:
    [[nodiscard]] bool connect();
    [[nodiscard]] bool fill();
    void close();

    const std::atomic<std::uint16_t>& port_;
    std::uint16_t connected_to_ = 0;
    int socket_ = -1;
    std::string received_;
};

}  // namespace quipu::e2e
