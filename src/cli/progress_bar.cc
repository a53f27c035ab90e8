#include "cli/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace quipu::cli {
namespace {

constexpr std::chrono::seconds kLineEvery{5};
constexpr std::size_t kBarWidth = 30;

struct Pace {
    std::uint64_t per_second = 0;
    std::uint64_t seconds_left = 0;
};

Pace pace_of(const RebuildProgress& progress, std::chrono::milliseconds took) {
    const auto millis = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 1));
    Pace pace;
    pace.per_second = progress.done * 1000 / millis;
    if (pace.per_second > 0) pace.seconds_left = (progress.total - progress.done) / pace.per_second;
    return pace;
}

}  // namespace

ProgressBar::ProgressBar() : is_terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressBar::show(const RebuildProgress& progress) {
    progress_ = progress;
    if (is_terminal_) return draw();
    const auto now = SteadyClock::now();
    if (now - last_line_ < kLineEvery) return;
    last_line_ = now;
    print_line();
}

void ProgressBar::finish() {
    if (is_terminal_) {
        draw();
        fmt::print(stderr, "\n");
    } else {
        print_line();
    }
}

void ProgressBar::draw() const {
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - started_);
    const Pace pace = pace_of(progress_, took);
    const std::uint64_t total = std::max<std::uint64_t>(progress_.total, 1);
    const auto filled = static_cast<std::size_t>(progress_.done * kBarWidth / total);
    fmt::print(stderr, "\r[{}{}] {}/{} events, {}/s, {} s left \x1b[K", std::string(filled, '#'),
               std::string(kBarWidth - std::min(filled, kBarWidth), '.'), progress_.done,
               progress_.total, pace.per_second, pace.seconds_left);
}

void ProgressBar::print_line() const {
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - started_);
    const Pace pace = pace_of(progress_, took);
    fmt::print(stderr, "{}/{} events, {}/s, {} ms\n", progress_.done, progress_.total,
               pace.per_second, took.count());
}

}  // namespace quipu::cli
