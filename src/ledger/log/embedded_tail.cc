#include "ledger/log/embedded_tail.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace quipu::ledger {

void EmbeddedTail::publish(TailFrame frame) {
    const std::lock_guard lock(frames_mutex_);
    QUIPU_CHECK(frame.base == end_);
    end_ = frame.end;
    bytes_ += frame.bytes->size();
    frames_.push_back(std::move(frame));
    while (bytes_ > max_bytes_ && frames_.size() > 1) {
        bytes_ -= frames_.front().bytes->size();
        frames_.pop_front();
    }
}

EmbeddedTail::Found EmbeddedTail::find(Offset offset, TailFrame& frame) const {
    const std::lock_guard lock(frames_mutex_);
    if (offset >= end_) return Found::AtEnd;
    if (frames_.empty() || offset < frames_.front().base) return Found::Behind;
    const auto after =
        std::upper_bound(frames_.begin(), frames_.end(), offset,
                         [](Offset wanted, const TailFrame& held) { return wanted < held.base; });
    frame = *std::prev(after);
    return Found::Frame;
}

Offset EmbeddedTail::end() const {
    const std::lock_guard lock(frames_mutex_);
    return end_;
}

}  // namespace quipu::ledger
