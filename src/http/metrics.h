// What the server counts, behind names that know no metrics library.
//
// A handle is looked up once, at start, and then cheap to use from any thread. Handles live as long
// as their Metrics.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace quipu::http {

class Counter {
public:
    virtual ~Counter() = default;
    virtual void add(std::uint64_t count) = 0;
};

class Gauge {
public:
    virtual ~Gauge() = default;
    virtual void set(std::int64_t value) = 0;
};

class DurationHistogram {
public:
    virtual ~DurationHistogram() = default;
    virtual void observe(std::chrono::nanoseconds duration) = 0;
};

class Metrics {
public:
    using Labels = std::vector<std::pair<std::string, std::string>>;

    virtual ~Metrics() = default;

    // Same name and labels: the same handle. `help` counts the first time only.
    virtual Counter& counter(const std::string& name, const std::string& help,
                             const Labels& labels) = 0;
    virtual Gauge& gauge(const std::string& name, const std::string& help,
                         const Labels& labels) = 0;
    // In seconds on the outside; 50 us to 10 s.
    virtual DurationHistogram& histogram(const std::string& name, const std::string& help,
                                         const Labels& labels) = 0;

    // All of it in the Prometheus text format 0.0.4.
    [[nodiscard]] virtual std::string text() const = 0;
};

}  // namespace quipu::http
