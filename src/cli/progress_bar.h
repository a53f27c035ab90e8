// How far a rebuild is: a bar on a terminal, a line now and then elsewhere. On standard error.
#pragma once

#include <chrono>

#include "cli/rebuild.h"

namespace quipu::cli {

// One thread.
class ProgressBar {
public:
    ProgressBar();

    void show(const RebuildProgress& progress);
    void finish();  // the last state, once and for all

private:
    void draw() const;
    void print_line() const;

    using SteadyClock = std::chrono::steady_clock;

    const bool is_terminal_;
    const SteadyClock::time_point started_ = SteadyClock::now();
    SteadyClock::time_point last_line_ = started_;
    RebuildProgress progress_;
};

}  // namespace quipu::cli
