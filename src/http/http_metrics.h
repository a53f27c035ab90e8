// Counts what the HTTP server does: requests and durations by route, open connections.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "http/http_server.h"
#include "http/metrics.h"

namespace quipu::http {

class HttpMetrics final : public HttpObserver {
public:
    explicit HttpMetrics(Metrics& metrics);  // `metrics` outlives this

    // At start: the tag for Responder::tag of a route shown as `label` (e.g. "POST /v1/track").
    [[nodiscard]] std::uint32_t add_route(const std::string& label);

    void connections(std::size_t open) override;
    void answered(std::uint32_t route, int status, std::chrono::nanoseconds took) override;
    void handler_failed(std::string_view what) override;

private:
    struct Route {
        std::array<Counter*, 6> by_class;  // [status / 100]; 0 stands for any other
        DurationHistogram* duration;
    };

    Metrics& metrics_;
    Gauge& connections_;
    Counter& failures_;
    std::vector<Route> routes_;  // by tag
};

}  // namespace quipu::http
