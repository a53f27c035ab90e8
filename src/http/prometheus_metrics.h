// Metrics kept in a prometheus-cpp registry.
#pragma once

#include <memory>

#include "http/metrics.h"

namespace quipu::http {

[[nodiscard]] std::unique_ptr<Metrics> make_prometheus_metrics();

}  // namespace quipu::http
