#include "projections/store/rocksdb_tuning.h"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>

namespace quipu::projections {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;
constexpr int kBloomBitsPerKey = 10;
constexpr int kCacheShardBits = 3;

rocksdb::CompressionType best_compression() {
    const auto supported = rocksdb::GetSupportedCompressions();
    const bool lz4 =
        std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
    return lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

rocksdb::ColumnFamilyOptions common_options(const RocksdbMemory::Parts& memory) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = memory.block_cache;
    table.cache_index_and_filter_blocks = true;  // so that the cache bounds them too
    // In blocks of their own: a filter of one piece would take a large part of the cache at once.
    table.partition_filters = true;
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.pin_top_level_index_and_filter = true;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
    table.format_version = 5;

    rocksdb::ColumnFamilyOptions options;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.compression = best_compression();
    options.write_buffer_size = 32 * kMebibyte;
    options.max_write_buffer_number = 3;
    // Batches are sorted: the next key of a table goes in right behind the last one.
    options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
    return options;
}

rocksdb::ColumnFamilyOptions seen_options(const RocksdbMemory::Parts& memory) {
    rocksdb::ColumnFamilyOptions options = common_options(memory);
    options.compression = rocksdb::kNoCompression;  // ids are random
    options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(4));
    options.target_file_size_base = 32 * kMebibyte;  // small beside a day, so days drop as files
    // Ingested files of one day overlap, so they pile up on level 0: merge them seldom.
    options.level0_file_num_compaction_trigger = 8;
    options.level0_slowdown_writes_trigger = 40;
    options.level0_stop_writes_trigger = 64;
    return options;
}

}  // namespace

Family family_of(Table table) {
    switch (table) {
        case Table::Meta:
            return Family::Meta;
        case Table::Catalog:
        case Table::Account:
        case Table::Meter:
        case Table::Grant:
        case Table::Entity:
        case Table::Identity:
        case Table::EntryTail:
        case Table::View:
            return Family::State;
        case Table::Invoice:
        case Table::Entry:
            return Family::History;
        case Table::Outbox:
            return Family::Outbox;
    }
    return Family::Meta;
}

rocksdb::DBOptions database_options(const RocksdbMemory::Parts& memory) {
    rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.atomic_flush = true;
    options.allow_concurrent_memtable_write = false;  // one writer; needed for the insert hint
    options.write_buffer_manager = memory.write_buffers;
    options.max_total_wal_size = 256 * kMebibyte;
    options.wal_bytes_per_sync = kMebibyte;
    options.bytes_per_sync = kMebibyte;
    options.max_background_jobs = 2;
    options.max_open_files = 256;
    options.keep_log_file_num = 4;
    options.max_log_file_size = 4 * kMebibyte;
    options.stats_dump_period_sec = 0;
    return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(
    const RocksdbMemory::Parts& memory) {
    return {{rocksdb::kDefaultColumnFamilyName, common_options(memory)},
            {"state", common_options(memory)},
            {"history", common_options(memory)},
            {"outbox", common_options(memory)},
            {"seen", seen_options(memory)}};
}

base::Error to_error(const rocksdb::Status& status) {
    return {status.IsCorruption() ? base::ErrorCode("state_corrupt")
                                  : base::ErrorCode("state_unavailable"),
            status.ToString()};
}

RocksdbMemory::RocksdbMemory(std::size_t block_cache_bytes, std::size_t write_buffer_bytes)
    : parts_(std::make_unique<Parts>(
          Parts{rocksdb::NewLRUCache(block_cache_bytes, kCacheShardBits),
                std::make_shared<rocksdb::WriteBufferManager>(write_buffer_bytes)})) {}

RocksdbMemory::~RocksdbMemory() = default;

}  // namespace quipu::projections
