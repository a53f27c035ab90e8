// The newest frames of one partition in memory, so that a live reader does not touch RocksDB.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "ledger/log/log.h"

namespace quipu::ledger {

struct TailFrame {
    Offset base = 0;
    Offset end = 0;
    // Shared, because a reader decodes it outside the lock while the tail may already drop it.
    std::shared_ptr<const std::string> bytes;
};

// One thread publishes, any thread reads.
class EmbeddedTail {
public:
    enum class Found { Frame, AtEnd, Behind };

    // The partition already holds `end` records; keeps the newest frame whatever its size, and
    // older ones up to `max_bytes` in all.
    EmbeddedTail(Offset end, std::size_t max_bytes) : max_bytes_(max_bytes), end_(end) {}

    void publish(TailFrame frame);

    // Frame: `frame` holds `offset`. AtEnd: not written yet. Behind: only RocksDB has it.
    [[nodiscard]] Found find(Offset offset, TailFrame& frame) const;
    [[nodiscard]] Offset end() const;

private:
    const std::size_t max_bytes_;
    mutable std::mutex frames_mutex_;  // guards all below
    std::deque<TailFrame> frames_;
    std::size_t bytes_ = 0;
    Offset end_;
};

}  // namespace quipu::ledger
