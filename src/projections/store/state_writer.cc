#include "projections/store/state_writer.h"

#include <utility>

#include "base/check.h"
#include "projections/store/state_format.h"

namespace quipu::projections {

StateWriter::StateWriter(StateStore& store, std::int64_t dedupe_window_micros, StopProcess stop)
    : store_(store),
      dedupe_window_micros_(dedupe_window_micros),
      stop_(std::move(stop)),
      thread_([this] { run(); }) {
    QUIPU_CHECK(dedupe_window_micros > 0);
}

StateWriter::~StateWriter() {
    {
        const std::lock_guard lock(queue_mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool StateWriter::offer(WriteSet& set) {
    {
        const std::lock_guard lock(queue_mutex_);
        if (failed_ || queue_.size() >= kQueueDepth) return false;
        queue_.push_back(std::exchange(set, {}));
    }
    changed_.notify_all();
    return true;
}

bool StateWriter::has_room() {
    const std::lock_guard lock(queue_mutex_);
    return !failed_ && queue_.size() < kQueueDepth;
}

std::optional<Position> StateWriter::written() {
    const std::lock_guard lock(queue_mutex_);
    return written_;
}

base::Result<void> StateWriter::flush_and_wait() {
    std::unique_lock lock(queue_mutex_);
    changed_.wait(lock, [&] { return failed_ || (queue_.empty() && !writing_); });
    if (failed_) return tl::unexpected(*failed_);
    return {};
}

void StateWriter::run() {
    std::unique_lock lock(queue_mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return ending_ || !queue_.empty(); });
        if (queue_.empty()) return;
        WriteSet set = std::move(queue_.front());
        queue_.pop_front();
        writing_ = true;
        const Position position = set.position;
        lock.unlock();
        const auto result = write_one(std::move(set));
        if (!result) stop_(result.error());
        lock.lock();
        writing_ = false;
        if (result) {
            written_ = position;
        } else {
            failed_ = result.error();
            queue_.clear();
        }
        changed_.notify_all();
        if (failed_) return;
    }
}

base::Result<void> StateWriter::write_one(WriteSet set) {
    const base::Instant window_start{set.position.clock.micros - dedupe_window_micros_};
    if (auto written = store_.write(std::move(set)); !written) return written;
    const std::int64_t day = utc_day(window_start);
    if (forgotten_until_day_ && day <= *forgotten_until_day_) return {};
    if (auto forgotten = store_.forget_seen(window_start); !forgotten) return forgotten;
    forgotten_until_day_ = day;
    return {};
}

}  // namespace quipu::projections
