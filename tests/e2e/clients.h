// Many clients at once, and waiting for what another process does.
#pragma once

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

namespace quipu::e2e {

// Runs `work(0)` … `work(count - 1)`, each on a thread of its own, and waits for all.
inline void in_parallel(int count, const std::function<void(int)>& work) {
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    for (int number = 0; number < count; ++number) {
        threads.emplace_back([&work, number] { work(number); });
    }
}

// Asks again every few milliseconds; false when it did not come true within 30 s.
[[nodiscard]] inline bool eventually(const std::function<bool()>& true_now) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!true_now()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

}  // namespace quipu::e2e
