// One request and its answer, from the first header byte until the answer is written.
//
// Owned by up to two sides, connection and responder; the last one to let go frees it. Reused
// through a pool, so that a request in steady state allocates nothing here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/http_cors.h"
#include "http/http_server.h"

namespace quipu::http {

class HttpConnection;

struct HttpExchange {
    std::string head;  // the bytes of request line and headers; request and fields look into it
    std::string body;
    std::vector<HttpField> fields;
    HttpRequest request;
    HttpResponse response;
    CorsAnswer cors;
    std::chrono::steady_clock::time_point
        received;  // end of the request; set when there is an observer
    std::uint32_t route = HttpObserver::kNoRoute;
    bool http11 = true;
    bool keep_alive = true;
    bool head_only = false;  // answer without the body
    bool answered = false;
    bool held_by_responder = false;
    HttpConnection* connection = nullptr;  // null once the connection let go
    HttpExchange* next = nullptr;          // in the connection's order of answers
};

class ExchangePool {
public:
    [[nodiscard]] HttpExchange* take();
    void give_back(HttpExchange* exchange);  // nobody else holds it

private:
    static constexpr std::size_t kMaxSpare = 1024;
    static constexpr std::size_t kMaxSpareBody = 16 * 1024;  // bytes; larger buffers are freed

    std::vector<std::unique_ptr<HttpExchange>> spare_;
};

}  // namespace quipu::http
