#include "ledger/log/embedded_options.h"

#include <rocksdb/listener.h>
#include <rocksdb/table.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace quipu::ledger {
namespace {

// RocksDB may meet a failed sync in the background and show it nowhere else. Whatever it is, the
// log can no longer promise that accepted means durable, and a restart can tell what is on disk.
class StopOnBackgroundError final : public rocksdb::EventListener {
public:
    void OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                           rocksdb::Status* status) override {
        // A compaction that closing the database cut short loses nothing.
        if (status->IsShutdownInProgress()) return;
        std::fprintf(stderr, "embedded log: background error (reason %d), stopping: %s\n",
                     static_cast<int>(reason), status->ToString().c_str());
        std::abort();
    }
};

}  // namespace

rocksdb::Options embedded_options(bool accept_damaged_tail) {
    rocksdb::Options options;
    // Point-in-time recovery would drop acknowledged records behind a flipped bit without a word;
    // this mode forgives only a last record that was cut short, which was never acknowledged.
    options.wal_recovery_mode = accept_damaged_tail
                                    ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                                    : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.paranoid_checks = true;
    options.listeners.push_back(std::make_shared<StopOnBackgroundError>());

    // Keys only grow within a partition, so a flush overlaps little and most compactions are moves.
    options.write_buffer_size = 64 << 20;
    options.max_write_buffer_number = 3;
    options.target_file_size_base = 64 << 20;
    options.max_bytes_for_level_base = 512 << 20;
    options.max_background_jobs = 2;
    options.bytes_per_sync = 1 << 20;

    rocksdb::BlockBasedTableOptions table;
    table.block_size = 64 << 10;
    table.no_block_cache = true;  // frames are read once, in order
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.compression = rocksdb::kLZ4Compression;

    options.info_log_level = rocksdb::WARN_LEVEL;
    options.keep_log_file_num = 2;
    return options;
}

rocksdb::ReadOptions sequential_read_options() {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    options.readahead_size = 2 << 20;
    return options;
}

}  // namespace quipu::ledger
