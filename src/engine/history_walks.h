// Long readings of customers' histories, in slices of about a millisecond between other requests.
//
// All walks share one slice per turn of the loop, so that many cost the others no more than one.
// Engine thread. What is unfinished when this ends is dropped.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>

#include "base/executor.h"

namespace quipu::engine {

class HistoryWalks {
public:
    // Does a little work, some entries; false when there is no more to do.
    using Step = std::function<bool()>;

    explicit HistoryWalks(base::Executor& loop) : loop_(loop) {}
    ~HistoryWalks() { *alive_ = false; }
    HistoryWalks(const HistoryWalks&) = delete;
    HistoryWalks& operator=(const HistoryWalks&) = delete;

    // A short walk ends before this returns. False when too many are under way: `step` was not
    // called.
    [[nodiscard]] bool start(Step step);
    [[nodiscard]] std::size_t under_way() const { return walks_.size(); }

private:
    void plan();
    void run();

    base::Executor& loop_;
    std::deque<Step> walks_;
    bool planned_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quipu::engine
