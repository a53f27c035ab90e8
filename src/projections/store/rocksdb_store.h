// The state of one partition in RocksDB: one folder, one column family per kind of access.
//
// Writes go through the write-ahead log but are not synced, and families flush together
// (atomic_flush): a killed process loses nothing that was written, a machine without power comes
// back to one earlier write as a whole. Many seen ids at once go in as one sorted file, ahead of
// the batch that makes them count; ids at or after the stored position are invisible, and an open
// for writing removes them.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "projections/store/state_store.h"
#include "projections/store/stop_process.h"

namespace quipu::projections {

// The block cache and the write-buffer budget that all stores of a process share. Must be made
// before them; they keep what they need of it alive.
class RocksdbMemory {
public:
    static constexpr std::size_t kBlockCacheBytes = std::size_t{64} << 20;
    static constexpr std::size_t kWriteBufferBytes = std::size_t{128} << 20;

    explicit RocksdbMemory(std::size_t block_cache_bytes = kBlockCacheBytes,
                           std::size_t write_buffer_bytes = kWriteBufferBytes);
    ~RocksdbMemory();
    RocksdbMemory(const RocksdbMemory&) = delete;
    RocksdbMemory& operator=(const RocksdbMemory&) = delete;

    struct Parts;
    [[nodiscard]] const Parts& parts() const { return *parts_; }

private:
    std::unique_ptr<Parts> parts_;
};

struct RocksdbStoreOptions {
    // From this many seen ids on, a write makes a sorted file of them (two syncs, no memtable).
    std::size_t ingest_seen_at_least = 20'000;
    // A flush or compaction that failed, on one of RocksDB's threads.
    StopProcess on_background_error = stop_process;
    // For crash tests: called when the ids of a write are in and its rows are not.
    std::function<void()> after_ingest;
};

// Makes the folder when there is none. `state_unavailable` also when another process has it open.
[[nodiscard]] base::Result<std::unique_ptr<StateStore>> open_rocksdb_store(
    const std::string& folder, const RocksdbMemory& memory, RocksdbStoreOptions options = {});

// For a folder that no process writes to; changes nothing in it. `write`, `forget_seen` and
// `checkpoint` answer `state_unavailable`.
[[nodiscard]] base::Result<std::unique_ptr<StateStore>> open_rocksdb_store_read_only(
    const std::string& folder, const RocksdbMemory& memory);

}  // namespace quipu::projections
