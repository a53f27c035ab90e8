#include "engine/clocks.h"

#include <chrono>

namespace quipu::engine {

base::Instant SystemClock::now() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    const std::int64_t read =
        std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count();
    std::int64_t last = last_.load();
    while (read > last && !last_.compare_exchange_weak(last, read)) {
    }
    return {std::max(read, last)};
}

}  // namespace quipu::engine
