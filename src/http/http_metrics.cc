#include "http/http_metrics.h"

namespace quipu::http {

HttpMetrics::HttpMetrics(Metrics& metrics)
    : metrics_(metrics),
      connections_(metrics.gauge("quipu_http_connections", "Open HTTP connections.", {})),
      failures_(metrics.counter("quipu_http_handler_failures_total",
                                "Exceptions that left a route handler.", {})) {
    static_assert(kNoRoute == 0);
    routes_.reserve(64);
    static_cast<void>(add_route("none"));  // kNoRoute
}

std::uint32_t HttpMetrics::add_route(const std::string& label) {
    constexpr std::array<const char*, 6> kClasses = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
    Route route{};
    for (std::size_t i = 0; i < kClasses.size(); ++i) {
        route.by_class[i] = &metrics_.counter("quipu_http_requests_total",
                                              "HTTP requests answered, by route and status class.",
                                              {{"route", label}, {"status", kClasses[i]}});
    }
    route.duration =
        &metrics_.histogram("quipu_http_request_seconds",
                            "Seconds from the end of a request to its answer.", {{"route", label}});
    routes_.push_back(route);
    return static_cast<std::uint32_t>(routes_.size() - 1);
}

void HttpMetrics::connections(std::size_t open) {
    connections_.set(static_cast<std::int64_t>(open));
}

void HttpMetrics::answered(std::uint32_t route, int status, std::chrono::nanoseconds took) {
    const Route& counted = routes_[route < routes_.size() ? route : kNoRoute];
    const auto status_class = static_cast<std::size_t>(status / 100);
    counted.by_class[status_class < counted.by_class.size() ? status_class : 0]->add(1);
    counted.duration->observe(took);
}

void HttpMetrics::handler_failed(std::string_view) {
    failures_.add(1);
}

}  // namespace quipu::http
