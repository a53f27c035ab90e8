// The two clocks that a server may run on.
#pragma once

#include <atomic>

#include "ledger/log/clock.h"

namespace quipu::engine {

// The machine's clock, kept from running backwards. Any thread.
class SystemClock final : public ledger::Clock {
public:
    // `not_before`: the newest moment that the log has recorded.
    explicit SystemClock(base::Instant not_before = {}) : last_(not_before.micros) {}
    [[nodiscard]] base::Instant now() override;

private:
    std::atomic<std::int64_t> last_;
};

// Stands still until it is moved, as payment providers' test clocks do. Any thread.
class ManualClock final : public ledger::Clock {
public:
    explicit ManualClock(base::Instant now) : now_(now.micros) {}
    [[nodiscard]] base::Instant now() override { return {now_.load()}; }
    // The caller sees to it that time does not run backwards for any account.
    void set(base::Instant now) { now_ = now.micros; }

private:
    std::atomic<std::int64_t> now_;
};

}  // namespace quipu::engine
