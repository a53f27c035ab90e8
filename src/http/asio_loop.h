// The engine thread's event loop: posted work, timers, signals and the turn hook, over one
// io_context.
//
// Thread: post and stop may be called from any thread; everything else only on the thread that
// calls run (or before run).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/executor.h"

namespace boost::asio {
class io_context;
}

namespace quipu::http {

class EngineLoop final : public base::Executor {
public:
    using TimerId = std::uint64_t;  // never 0, never used twice

    EngineLoop();
    ~EngineLoop() override;
    EngineLoop(const EngineLoop&) = delete;
    EngineLoop& operator=(const EngineLoop&) = delete;

    // Works until stop. Lets exceptions of tasks out.
    void run();
    // Makes run return after the task it is in; also a run that starts later.
    void stop();

    // As Executor::post. Many posts between two turns cost the loop one wake-up.
    void post(std::function<void()> task) override;

    // Runs `task` once what is ready in this turn (socket events, posted work) has run.
    void at_end_of_turn(std::function<void()> task);

    TimerId run_at(std::chrono::steady_clock::time_point when, std::function<void()> task);
    TimerId run_after(std::chrono::nanoseconds delay, std::function<void()> task);
    // The task does not run any more. Harmless when it already ran.
    void cancel(TimerId timer);

    // Calls `task` with the number of every SIGINT and SIGTERM from now on. At most once per
    // process.
    void on_signal(std::function<void(int)> task);

    [[nodiscard]] boost::asio::io_context& context();  // for adapters of this library only

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace quipu::http
