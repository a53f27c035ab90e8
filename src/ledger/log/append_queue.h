// The bounded queue between the callers of append() and the committer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

#include "ledger/log/log.h"

namespace quipu::ledger {

// Bytes of keys, values and headers: what a queue's byte limit counts.
[[nodiscard]] std::size_t payload_bytes(const NewRecord& record);

// push() from any thread, take_all() from one.
class AppendQueue {
public:
    AppendQueue(std::size_t max_records, std::size_t max_bytes)
        : max_records_(max_records), max_bytes_(max_bytes) {}

    // All of the batch or nothing: false, and `batch` is untouched, when it does not fit.
    [[nodiscard]] bool push(std::vector<Append>& batch);

    // Waits for records and swaps everything waiting into `taken`. False: closed, and nothing is
    // left.
    [[nodiscard]] bool take_all(std::vector<Append>& taken);

    void close();

private:
    const std::size_t max_records_;
    const std::size_t max_bytes_;
    std::mutex waiting_mutex_;  // guards all below
    std::condition_variable changed_;
    std::vector<Append> waiting_;
    std::size_t waiting_bytes_ = 0;
    bool closed_ = false;
};

}  // namespace quipu::ledger
