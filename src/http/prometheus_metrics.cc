#include "http/prometheus_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <sstream>

namespace quipu::http {
namespace {

class PrometheusCounter final : public Counter {
public:
    explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
    void add(std::uint64_t count) override { counter_.Increment(static_cast<double>(count)); }

private:
    prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
public:
    explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
    void set(std::int64_t value) override { gauge_.Set(static_cast<double>(value)); }

private:
    prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public DurationHistogram {
public:
    explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
    void observe(std::chrono::nanoseconds duration) override {
        histogram_.Observe(std::chrono::duration<double>(duration).count());
    }

private:
    prometheus::Histogram& histogram_;
};

const prometheus::Histogram::BucketBoundaries kSeconds = {
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
    0.025,   0.05,   0.1,     0.25,   0.5,   1,      2.5,   10};

class PrometheusMetrics final : public Metrics {
public:
    Counter& counter(const std::string& name, const std::string& help,
                     const Labels& labels) override {
        return handle<PrometheusCounter>(
            counters_, prometheus::BuildCounter().Name(name).Help(help).Register(registry_), name,
            labels);
    }

    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels) override {
        return handle<PrometheusGauge>(
            gauges_, prometheus::BuildGauge().Name(name).Help(help).Register(registry_), name,
            labels);
    }

    DurationHistogram& histogram(const std::string& name, const std::string& help,
                                 const Labels& labels) override {
        return handle<PrometheusHistogram>(
            histograms_, prometheus::BuildHistogram().Name(name).Help(help).Register(registry_),
            name, labels, kSeconds);
    }

    std::string text() const override {
        std::ostringstream out;
        prometheus::TextSerializer().Serialize(out, registry_.Collect());
        return std::move(out).str();
    }

private:
    template <typename Handle>
    using Handles = std::map<std::pair<std::string, Labels>, std::unique_ptr<Handle>>;

    template <typename Handle, typename Family, typename... Rest>
    Handle& handle(Handles<Handle>& handles, Family& family, const std::string& name,
                   const Labels& labels, const Rest&... rest) {
        auto& slot = handles[{name, labels}];
        if (!slot) {
            const prometheus::Labels named(labels.begin(), labels.end());
            slot = std::make_unique<Handle>(family.Add(named, rest...));
        }
        return *slot;
    }

    // Merge: a second lookup of a name finds its family, whatever its help says.
    prometheus::Registry registry_{prometheus::Registry::InsertBehavior::Merge};
    Handles<PrometheusCounter> counters_;
    Handles<PrometheusGauge> gauges_;
    Handles<PrometheusHistogram> histograms_;
};

}  // namespace

std::unique_ptr<Metrics> make_prometheus_metrics() {
    return std::make_unique<PrometheusMetrics>();
}

}  // namespace quipu::http
