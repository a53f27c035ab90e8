#include "ledger/log/memory_log.h"

#include <algorithm>
#include <utility>

#include "ledger/log/log_errors.h"

namespace quipu::ledger {

class MemoryLog::Reader final : public LogReader {
public:
    Reader(Stored& stored, std::mutex& records_mutex, Offset from)
        : stored_(stored), records_mutex_(records_mutex), next_(from), wake_(stored.wakes) {}

    base::Result<std::size_t> poll(std::size_t limit, std::vector<StoredRecord>& out) override {
        const std::lock_guard lock(records_mutex_);
        const auto first = static_cast<std::size_t>(next_);
        const std::size_t count = std::min(limit, stored_.records.size() - first);
        for (std::size_t i = 0; i < count; ++i) out.push_back(stored_.records[first + i]);
        next_ += static_cast<Offset>(count);
        return count;
    }

    void on_readable(std::function<void()> wake) override { wake_.set(std::move(wake)); }

private:
    Stored& stored_;
    std::mutex& records_mutex_;
    Offset next_;
    WakeEntry wake_;
};

MemoryLog::MemoryLog(std::uint32_t event_partitions, Clock& clock)
    : layout_(event_partitions), clock_(clock), partitions_(layout_.size()) {}

MemoryLog::~MemoryLog() = default;

std::uint32_t MemoryLog::partitions(Topic topic) const {
    return layout_.count(topic);
}

void MemoryLog::append(std::vector<Append> batch) {
    std::optional<base::Error> failure;
    std::vector<Offset> offsets;
    std::vector<std::size_t> ordinals;
    for (const Append& append : batch) ordinals.push_back(layout_.ordinal(append.partition));
    {
        const std::lock_guard lock(records_mutex_);
        failure = std::exchange(next_failure_, std::nullopt);
        if (!failure || next_failure_written_ == Written::Yes) store(batch, offsets);
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!batch[i].done) continue;
        if (failure) {
            batch[i].done(tl::unexpected(*failure));
        } else {
            batch[i].done(offsets[i]);
        }
    }
    if (offsets.empty()) return;
    std::sort(ordinals.begin(), ordinals.end());
    ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
    for (const std::size_t ordinal : ordinals) partitions_[ordinal].wakes.wake_all();
}

void MemoryLog::store(std::vector<Append>& batch, std::vector<Offset>& offsets) {
    last_recorded_at_ = std::max(last_recorded_at_, clock_.now());
    for (Append& append : batch) {
        auto& records = partitions_[layout_.ordinal(append.partition)].records;
        const auto offset = static_cast<Offset>(records.size());
        records.push_back({offset, last_recorded_at_, std::move(append.record.key),
                           std::move(append.record.value), std::move(append.record.headers)});
        offsets.push_back(offset);
    }
}

base::Result<std::unique_ptr<LogReader>> MemoryLog::read(Partition partition, Offset from) {
    Stored& stored = partitions_[layout_.ordinal(partition)];
    const std::lock_guard lock(records_mutex_);
    if (from < 0 || from > static_cast<Offset>(stored.records.size())) {
        return tl::unexpected(log_error(kLogTruncated, "the log ends before the wanted offset"));
    }
    return std::make_unique<Reader>(stored, records_mutex_, from);
}

base::Result<Offset> MemoryLog::end(Partition partition) {
    const Stored& stored = partitions_[layout_.ordinal(partition)];
    const std::lock_guard lock(records_mutex_);
    return static_cast<Offset>(stored.records.size());
}

void MemoryLog::fail_next_append(base::Error error, Written written) {
    const std::lock_guard lock(records_mutex_);
    next_failure_ = std::move(error);
    next_failure_written_ = written;
}

}  // namespace quipu::ledger
