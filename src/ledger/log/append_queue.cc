#include "ledger/log/append_queue.h"

#include <iterator>
#include <utility>

#include "base/check.h"

namespace quipu::ledger {

std::size_t payload_bytes(const NewRecord& record) {
    std::size_t bytes = record.key.size() + record.value.size();
    for (const Header& header : record.headers) bytes += header.name.size() + header.value.size();
    return bytes;
}

bool AppendQueue::push(std::vector<Append>& batch) {
    std::size_t bytes = 0;
    for (const Append& append : batch) bytes += payload_bytes(append.record);
    {
        const std::lock_guard lock(waiting_mutex_);
        QUIPU_CHECK(!closed_);
        if (waiting_.size() + batch.size() > max_records_ || waiting_bytes_ + bytes > max_bytes_) {
            return false;
        }
        waiting_bytes_ += bytes;
        waiting_.insert(waiting_.end(), std::make_move_iterator(batch.begin()),
                        std::make_move_iterator(batch.end()));
    }
    changed_.notify_one();
    return true;
}

bool AppendQueue::take_all(std::vector<Append>& taken) {
    taken.clear();
    std::unique_lock lock(waiting_mutex_);
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    taken.swap(waiting_);
    waiting_bytes_ = 0;
    return !taken.empty();
}

void AppendQueue::close() {
    const std::lock_guard lock(waiting_mutex_);
    closed_ = true;
    changed_.notify_one();
}

}  // namespace quipu::ledger
