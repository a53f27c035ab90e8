// The port through which any thread hands work to the one thread that owns some state.
#pragma once

#include <functional>

namespace quipu::base {

class Executor {
public:
    virtual ~Executor() = default;

    // Runs `task` later on the owner's thread, in the order of the calls of one thread. Callable
    // from any thread, the owner's too; never runs `task` before it returns. What is still waiting
    // when the executor ends is destroyed without being run.
    virtual void post(std::function<void()> task) = 0;
};

}  // namespace quipu::base
