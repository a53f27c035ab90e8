// Rung by any thread, waited for by one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace quipu::http {

class Bell {
public:
    void ring() {
        const std::lock_guard lock(mutex_);
        rung_ = true;
        changed_.notify_all();
    }
    // Returns at once when it was rung since the last wait. False: it was not rung for that long.
    [[nodiscard]] bool wait(std::chrono::milliseconds longest) {
        std::unique_lock lock(mutex_);
        const bool rung = changed_.wait_for(lock, longest, [this] { return rung_; });
        rung_ = false;
        return rung;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool rung_ = false;
};

}  // namespace quipu::http
