// How RocksDB is set up for state: families, memory, compaction. Private to the rocksdb_ files.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_buffer_manager.h>

#include <array>
#include <memory>
#include <vector>

#include "projections/store/rocksdb_store.h"

namespace quipu::projections {

struct RocksdbMemory::Parts {
    std::shared_ptr<rocksdb::Cache> block_cache;
    std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
};

// One per kind of access; the order is that of the handles.
enum class Family : std::uint8_t {
    Meta,     // `default`: a few rows, and the position
    State,    // small rows, overwritten again and again
    History,  // written once, read by prefix
    Outbox,   // written, then deleted
    Seen,     // event ids by day
};
inline constexpr std::size_t kFamilies = 5;

[[nodiscard]] Family family_of(Table table);

[[nodiscard]] rocksdb::DBOptions database_options(const RocksdbMemory::Parts& memory);
[[nodiscard]] std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(
    const RocksdbMemory::Parts& memory);

[[nodiscard]] base::Error to_error(const rocksdb::Status& status);

}  // namespace quipu::projections
