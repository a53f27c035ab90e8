// Waiting for what another thread or another process does.
#pragma once

#include <chrono>
#include <thread>

namespace quipu::testing {

// Asks every few milliseconds, on this thread, until it is true; false when it has not come true
// within `patience`.
template <typename TrueNow>
[[nodiscard]] bool eventually(TrueNow true_now,
                              std::chrono::seconds patience = std::chrono::seconds(30)) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!true_now()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}  // namespace quipu::testing
