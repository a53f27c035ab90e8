// The HTTP/1.1 server that route handlers are written on: requests in, answers out, limits kept.
//
// Thread: everything here, and every answer, belongs to the thread that runs the EngineLoop (before
// run, to the thread that sets things up). A handler answers at once or later from the same thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace quipu::http {

class EngineLoop;
struct HttpExchange;

struct HttpField {
    std::string_view name;  // as sent; names compare without case
    std::string_view value;
};

// One request. The views live until its responder has answered or was dropped.
struct HttpRequest {
    std::string_view method;  // GET POST PUT DELETE OPTIONS PATCH; a HEAD arrives as GET
    // Without the query, not decoded: printable ASCII whose % escapes are whole and hide no NUL.
    std::string_view path;
    std::string_view query;  // behind the ?, not decoded, same alphabet; may be empty
    std::string_view body;
    std::string_view authorization, content_type, idempotency_key;  // empty when not sent
    std::span<const HttpField> headers;                             // all, in the order sent

    // The first header of that name (any case); empty when not sent.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct HttpResponse {
    int status = 200;
    std::string body;
    std::string_view content_type = "application/json";  // static text
    int retry_after_seconds = -1;                        // sent when >= 0
    std::string location;                                // sent when not empty
    std::string_view allow = {};                         // sent when not empty; static text
};

// The duty to answer one request, exactly once: dropped unanswered it answers 500. It may be held
// as long as needed; to answer after the client or the server is gone is harmless.
class Responder {
public:
    Responder(Responder&& other) noexcept;
    Responder& operator=(Responder&& other) noexcept;
    ~Responder();

    void operator()(HttpResponse response);

    // Which route this is, as HttpObserver::answered will be told. Callable until answered.
    void tag(std::uint32_t route);

private:
    friend class HttpConnection;
    explicit Responder(HttpExchange& exchange) : exchange_(&exchange) {}

    HttpExchange* exchange_;  // null once answered or moved from
};

// An exception out of the handler answers 500 (unless it answered before) and is told to the
// observer.
using Handler = std::function<void(const HttpRequest&, Responder)>;

// Is told what happens, for metrics. Called on the engine thread; must be quick and not throw.
class HttpObserver {
public:
    static constexpr std::uint32_t kNoRoute = 0;  // also of what never reached the handler

    virtual ~HttpObserver() = default;
    virtual void connections(std::size_t open) = 0;
    virtual void answered(std::uint32_t route, int status, std::chrono::nanoseconds took) = 0;
    virtual void handler_failed(std::string_view what) = 0;
};

struct HttpServerConfig {
    std::size_t max_header_bytes = 16 * 1024;  // request line and all headers
    std::size_t max_body_bytes = 1024 * 1024;
    std::size_t max_large_body_bytes = 4 * 1024 * 1024;  // for paths with one of these prefixes
    std::vector<std::string> large_body_prefixes = {"/v1/sync", "/v1/events", "/v1/track/batch"};
    std::size_t max_buffered_body_bytes = 256 * 1024 * 1024;  // all connections; beyond: 503
    // Web pages that may call; none: no CORS, and OPTIONS goes to the handler.
    std::vector<std::string> cors_origins;
    std::size_t max_connections = 10'000;  // beyond: 503 and close
    std::size_t max_pipelined = 64;        // per connection; beyond: not read

    std::chrono::milliseconds header_timeout{10'000};  // first byte (or accept) to end of headers
    std::chrono::milliseconds body_timeout{30'000};    // end of headers to end of body
    std::chrono::milliseconds idle_timeout{75'000};    // between two requests
    std::chrono::milliseconds write_timeout{30'000};  // for what one answer or burst could not send
    std::chrono::milliseconds linger_timeout{
        1'000};  // for the client to close after our last answer
};

class HttpServer {
public:
    // `observer` may be null; loop and observer outlive the server.
    HttpServer(EngineLoop& loop, HttpServerConfig config, Handler handler,
               HttpObserver* observer = nullptr);
    // Closes everything at once; responders still out stay harmless. On the engine thread, or when
    // the loop does not run.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Binds and listens. `host` is a numeric address; port 0 takes any free one. Code:
    // `listen_failed`.
    [[nodiscard]] base::Result<void> listen(const std::string& host, std::uint16_t port);
    [[nodiscard]] std::uint16_t port() const;  // after listen

    void start();  // accepts from now on

    // Stops accepting, closes idle connections, lets requests in flight be answered until
    // `deadline` has passed, then closes what is left. `done` is called once, when no connection is
    // open.
    void stop(std::chrono::milliseconds deadline, std::function<void()> done);

    [[nodiscard]] std::size_t open_connections() const;

private:
    std::shared_ptr<class HttpCore> core_;  // shared with what the loop still has to call
};

}  // namespace quipu::http
