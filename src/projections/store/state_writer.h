// Writes state behind the fold: a thread of its own puts write sets into the store, in order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "projections/store/state_store.h"
#include "projections/store/stop_process.h"

namespace quipu::projections {

// All sets come from one producer thread; `written` may be asked from any. A set that cannot be
// written stops the process; if `stop` returns (a test's), nothing is accepted or written any more.
// Once a day it forgets the ids that were outside the window at the last *written* position, never
// at a later one that a crash could undo.
class StateWriter {
public:
    static constexpr std::size_t kQueueDepth = 2;

    // `store` must outlive this and is written to by nobody else. `dedupe_window_micros` > 0.
    StateWriter(StateStore& store, std::int64_t dedupe_window_micros,
                StopProcess stop = stop_process);
    // Writes what is queued first.
    ~StateWriter();
    StateWriter(const StateWriter&) = delete;
    StateWriter& operator=(const StateWriter&) = delete;

    // Never waits. True: the set was taken. False: `set` is untouched, go on adding to it.
    [[nodiscard]] bool offer(WriteSet& set);
    [[nodiscard]] bool has_room();

    // The position of the last set that the store shows; nullopt: none of this writer's yet.
    [[nodiscard]] std::optional<Position> written();

    // Waits until everything that was offered is written.
    [[nodiscard]] base::Result<void> flush_and_wait();

private:
    void run();
    [[nodiscard]] base::Result<void> write_one(WriteSet set);

    StateStore& store_;
    const std::int64_t dedupe_window_micros_;
    const StopProcess stop_;
    std::optional<std::int64_t> forgotten_until_day_;  // of the writing thread

    std::mutex queue_mutex_;
    std::condition_variable changed_;
    std::deque<WriteSet> queue_;
    bool writing_ = false;
    bool ending_ = false;
    std::optional<base::Error> failed_;
    std::optional<Position> written_;

    std::thread thread_;  // last: it uses all of the above
};

}  // namespace quipu::projections
