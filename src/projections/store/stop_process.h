// What is done when state can no longer be kept: the process ends, and the log is the recovery.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <functional>

#include "base/result.h"

namespace quipu::projections {

// Called from any thread. The real one does not return; a test's may.
using StopProcess = std::function<void(const base::Error&)>;

inline constexpr int kExitStateFailed = 74;  // EX_IOERR of sysexits.h

// Ends at once and runs no destructors: nothing may touch the state after a failed write.
[[noreturn]] inline void stop_process(const base::Error& error) {
    fmt::print(stderr, "quipu: stopping: {}: {}\n", error.code.text(), error.message);
    std::_Exit(kExitStateFailed);
}

}  // namespace quipu::projections
