// Many clients at once, and waiting for what they and the server do.
#pragma once

#include <functional>
#include <thread>
#include <vector>

#include "support/eventually.h"

namespace quipu::e2e {

using testing::eventually;

// Runs `work(0)` … `work(count - 1)`, each on a thread of its own, and waits for all.
inline void in_parallel(int count, const std::function<void(int)>& work) {
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    for (int number = 0; number < count; ++number) {
        threads.emplace_back([&work, number] { work(number); });
    }
}

}  // namespace quipu::e2e
