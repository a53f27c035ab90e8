#include "engine/history_walks.h"

#include <chrono>
#include <utility>

namespace quipu::engine {
namespace {

constexpr std::size_t kMostWalks = 64;
constexpr std::chrono::microseconds kSlice{1000};

// False when it is finished.
bool work_for_a_slice(const HistoryWalks::Step& step) {
    const auto end = std::chrono::steady_clock::now() + kSlice;
    while (step()) {
        if (std::chrono::steady_clock::now() >= end) return true;
    }
    return false;
}

}  // namespace

bool HistoryWalks::start(Step step) {
    if (walks_.size() >= kMostWalks) return false;
    // While others wait this one waits too: the slice of this turn is theirs.
    if (walks_.empty() && !work_for_a_slice(step)) return true;
    walks_.push_back(std::move(step));
    plan();
    return true;
}

void HistoryWalks::plan() {
    if (planned_) return;
    planned_ = true;
    loop_.post([this, alive = alive_] {
        if (!*alive) return;
        planned_ = false;
        run();
    });
}

void HistoryWalks::run() {
    if (walks_.empty()) return;
    Step step = std::move(walks_.front());
    walks_.pop_front();
    if (work_for_a_slice(step)) walks_.push_back(std::move(step));
    if (!walks_.empty()) plan();
}

}  // namespace quipu::engine
