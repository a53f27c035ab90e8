// Sends HTTP requests to other machines: bounded, with certificates checked, one connection each.
//
// Thread: everything here, and every callback, belongs to the thread that runs the EngineLoop
// (before run, to the thread that sets things up). Names are resolved on threads of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/ip_address.h"

namespace quipu::http {

class EngineLoop;

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpClientRequest {
    std::string method = "POST";  // GET HEAD POST PUT PATCH DELETE
    std::string url;              // as parse_http_url has it
    // Added to Host, User-Agent, Connection and Content-Length, which may not be given here.
    HttpHeaders headers;
    std::string body;
};

struct HttpClientResponse {
    int status = 0;  // 200 to 599; a redirect is an answer and is not followed
    HttpHeaders headers;
    std::string body;        // at most max_response_body_bytes of it
    bool truncated = false;  // the body was longer, or its length is not known to be complete

    // The first header of that name (any case); empty when not there.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct HttpClientConfig {
    // From leaving the queue to the last byte of the answer: name, connection, handshake and all.
    std::chrono::milliseconds timeout{10'000};
    std::size_t max_response_header_bytes = 16 * 1024;
    std::size_t max_response_body_bytes = 64 * 1024;  // what is longer is cut
    std::size_t max_concurrent = 32;                  // each with a connection of its own
    std::size_t max_queued = 1024;                    // waiting for one of those
    std::size_t resolver_threads = 2;                 // at least 1
    std::string user_agent = "Quipu";
    bool https = true;    // false: only http, and no authorities are read, which takes 30 ms
    std::string ca_file;  // PEM; the authorities trusted instead of the system's; "" = the system's

    // Asked for every address that a host resolves to, and for numeric hosts. An IPv4 address that
    // is mapped into IPv6 is asked for as the IPv4 address. Connections go to exactly the addresses
    // it said yes to; the name is not resolved again. Empty: every address.
    std::function<bool(const IpAddress&)> may_connect;
};

class HttpClient {
public:
    // Error codes. Nothing was sent: `url_invalid`, `request_invalid`, `too_many_requests` (the
    // queue is full), `name_not_resolved`, `address_forbidden`, `connection_failed`, `tls_failed`
    // (also a certificate that does not hold). Nothing is known: `timed_out`, `no_answer` (the
    // connection broke or what came is not HTTP). No message holds the request's body or headers.
    using Done = std::function<void(base::Result<HttpClientResponse>)>;

    // `loop` outlives it. Throws std::runtime_error when the authorities cannot be read.
    HttpClient(EngineLoop& loop, HttpClientConfig config);
    // Drops what is under way: no callback is called any more. Waits for names being resolved, as
    // long as the system's resolver takes.
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // `done` is called once, never from within send.
    void send(HttpClientRequest request, Done done);

    [[nodiscard]] std::size_t active() const;
    [[nodiscard]] std::size_t queued() const;

private:
    std::shared_ptr<class HttpClientCore> core_;  // shared with what the loop still has to call
};

}  // namespace quipu::http
