// The log in RocksDB under one directory: the default, so that one binary is a whole system.
//
// Format: docs/log-format.md. Everything that waits is committed as one group with one sync.
#pragma once

#include <atomic>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ledger/log/clock.h"
#include "ledger/log/log.h"
#include "ledger/log/wake_list.h"

namespace quipu::ledger {

class AppendQueue;
class EmbeddedStorage;
class EmbeddedTail;

struct EmbeddedLogOptions {
    std::filesystem::path directory;
    std::uint32_t event_partitions = 1;  // 1 to 4096; fixed when the log is made
    // What may wait for the committer; a batch larger than either never fits.
    std::size_t queue_records = 65'536;
    std::size_t queue_bytes = std::size_t{32} << 20;
    // Newest records kept in memory for live readers, per partition.
    std::size_t tail_bytes = std::size_t{4} << 20;
    // An operator's decision after `log_damaged`: give up what follows the damage.
    bool accept_damaged_tail = false;
};

// Any thread. `done` and the wakes run on the committer thread, so they must be short. The clock
// outlives the log, the log outlives its readers. Destruction first commits what waits. A failed
// write or sync stops the process.
class EmbeddedLog final : public Log {
public:
    // Creates the log when there is none. Error codes: `log_partitions_differ`, `log_locked` (open
    // elsewhere), `log_damaged`, `log_unavailable`. `clock` is asked once per group.
    [[nodiscard]] static base::Result<std::unique_ptr<EmbeddedLog>> open(
        const EmbeddedLogOptions& options, Clock& clock);

    // The log as it is at this moment, of a stopped or a running server; it does not follow. An
    // append answers `log_unavailable`. Of a running server it may show the last group a moment
    // before that is synced. Error codes: `log_missing`, `log_damaged`, `log_unavailable`.
    [[nodiscard]] static base::Result<std::unique_ptr<EmbeddedLog>> open_read_only(
        const std::filesystem::path& directory);

    ~EmbeddedLog() override;

    [[nodiscard]] std::uint32_t partitions(Topic topic) const override;
    void append(std::vector<Append> batch) override;
    [[nodiscard]] base::Result<std::unique_ptr<LogReader>> read(Partition partition,
                                                                Offset from) override;
    [[nodiscard]] base::Result<Offset> end(Partition partition) override;

    // Of the newest record in any partition, the epoch when there is none: where a clock starts.
    [[nodiscard]] base::Instant last_recorded_at() const;

private:
    struct Group;

    explicit EmbeddedLog(std::unique_ptr<EmbeddedStorage> storage);

    [[nodiscard]] base::Result<void> load_ends(std::size_t tail_bytes);
    void start_committer(const EmbeddedLogOptions& options, Clock& clock);
    void run_committer(Clock& clock);
    void commit(std::vector<Append>& appends, Group& group, base::Instant now);
    void publish(std::vector<Append>& appends, Group& group);

    std::unique_ptr<EmbeddedStorage> storage_;
    std::deque<EmbeddedTail> tails_;  // by ordinal
    std::deque<WakeList> wakes_;      // by ordinal
    std::atomic<std::int64_t> last_recorded_micros_{0};
    std::unique_ptr<AppendQueue> queue_;  // none when read-only
    std::thread committer_;
};

}  // namespace quipu::ledger
