// The frames of an embedded log in RocksDB: one synced write per group, cursors to read them back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/log/log.h"
#include "ledger/log/log_frame.h"
#include "ledger/log/partition_layout.h"

namespace rocksdb {
class DB;
class Iterator;
}  // namespace rocksdb

namespace quipu::ledger {

struct EmbeddedStorageOptions {
    std::filesystem::path directory;
    std::uint32_t event_partitions = 1;
    bool accept_damaged_tail = false;
};

// Walks the frames of one partition upwards. One thread; not longer than its storage.
class FrameCursor {
public:
    FrameCursor(Partition partition, std::unique_ptr<rocksdb::Iterator> iterator);
    ~FrameCursor();

    // False: no more frames as of when the cursor was made, or an error.
    [[nodiscard]] bool valid() const;
    [[nodiscard]] std::optional<base::Error> error() const;
    [[nodiscard]] FrameAddress address() const;
    [[nodiscard]] std::string_view bytes() const;  // until next()
    void next();

private:
    Partition partition_;
    std::unique_ptr<rocksdb::Iterator> iterator_;
};

// write() from one thread, the rest from any.
class EmbeddedStorage {
public:
    struct Frame {
        FrameAddress address;
        std::shared_ptr<const std::string> bytes;
        Offset end = 0;
    };
    struct LastFrame {
        Offset end = 0;
        base::Instant recorded_at;
    };

    // Creates the log when there is none. Error codes: `log_partitions_differ`, `log_locked`,
    // `log_damaged`, `log_unavailable`.
    [[nodiscard]] static base::Result<std::unique_ptr<EmbeddedStorage>> open(
        const EmbeddedStorageOptions& options);
    // The log as it is now, also while a server writes it. Error codes: `log_missing`,
    // `log_damaged`, `log_unavailable`.
    [[nodiscard]] static base::Result<std::unique_ptr<EmbeddedStorage>> open_read_only(
        const std::filesystem::path& directory);
    ~EmbeddedStorage();

    [[nodiscard]] const PartitionLayout& layout() const { return layout_; }

    // Returns when all frames are on disk. A failed write or sync stops the process: what is on
    // disk is then unknown, and only opening the log again can tell.
    void write(std::span<const Frame> frames);

    // Of an empty partition: end 0, recorded at the epoch.
    [[nodiscard]] base::Result<LastFrame> last_frame(Partition partition) const;

    // Starts at the frame that holds `from`, else at the first one after it.
    [[nodiscard]] std::unique_ptr<FrameCursor> cursor(Partition partition, Offset from) const;

private:
    EmbeddedStorage(std::unique_ptr<rocksdb::DB> db, PartitionLayout layout);

    std::unique_ptr<rocksdb::DB> db_;
    PartitionLayout layout_;
};

}  // namespace quipu::ledger
