// Loads an HTTP server over loopback: N keep-alive connections, one request outstanding on each.
//
// Closed loop on one thread and one epoll: a latency is the time from writing a request to having
// its whole answer, at the load the server lets through.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace quipu::bench {

struct LoadPlan {
    std::string host = "127.0.0.1";  // numeric IPv4
    std::uint16_t port = 0;
    std::string method = "POST";
    std::string path = "/";
    std::string headers;  // further whole lines, each ended by \r\n (Authorization, Content-Type)
    std::size_t connections = 64;
    std::chrono::milliseconds warm_up{500};  // requests are sent but not counted
    std::chrono::milliseconds duration{5000};
    // Appends the body of request number n (0, 1, 2 ... over all connections). Empty: no body.
    std::function<void(std::uint64_t n, std::string& body)> body;
};

struct LoadResult {
    std::uint64_t requests = 0;  // answered with 2xx in the counted time
    std::uint64_t errors = 0;    // any other answer, and broken connections
    std::chrono::nanoseconds elapsed{0};
    std::chrono::nanoseconds p50{0};  // within 2 % of the true value
    std::chrono::nanoseconds p99{0};
    std::chrono::nanoseconds max{0};

    [[nodiscard]] double per_second() const;
};

// Code: `connect_failed`.
[[nodiscard]] base::Result<LoadResult> run_load(const LoadPlan& plan);

// Replaces every "{n}" of `text` by the request's number, and every "{n%M}" by the number modulo M.
[[nodiscard]] std::function<void(std::uint64_t, std::string&)> body_template(std::string text);

void print(const LoadResult& result);  // one line to standard output

}  // namespace quipu::bench
