// The log in memory, for tests: nothing survives it, and it can be told to fail.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "ledger/log/clock.h"
#include "ledger/log/log.h"
#include "ledger/log/partition_layout.h"
#include "ledger/log/wake_list.h"

namespace quipu::ledger {

// Any thread. `done` and the wakes run on the appending thread, before append() returns. The clock
// and the log outlive the readers.
class MemoryLog final : public Log {
public:
    enum class Written { No, Yes };

    MemoryLog(std::uint32_t event_partitions, Clock& clock);
    ~MemoryLog() override;

    [[nodiscard]] std::uint32_t partitions(Topic topic) const override;
    void append(std::vector<Append> batch) override;
    [[nodiscard]] base::Result<std::unique_ptr<LogReader>> read(Partition partition,
                                                                Offset from) override;
    [[nodiscard]] base::Result<Offset> end(Partition partition) override;

    // The next append() answers `error` for each of its records; they are written all the same if
    // `written` says so, which is what `outcome_unknown` may mean.
    void fail_next_append(base::Error error, Written written = Written::No);

private:
    class Reader;
    struct Stored {
        std::deque<StoredRecord> records;
        WakeList wakes;
    };

    void store(std::vector<Append>& batch, std::vector<Offset>& offsets);

    const PartitionLayout layout_;
    Clock& clock_;
    std::deque<Stored> partitions_;  // by ordinal
    std::mutex records_mutex_;       // guards all below, and `records` of every partition
    base::Instant last_recorded_at_;
    std::optional<base::Error> next_failure_;
    Written next_failure_written_ = Written::No;
};

}  // namespace quipu::ledger
