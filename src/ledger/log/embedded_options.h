// How the embedded log sets up RocksDB. Included only by the embedded log's sources.
#pragma once

#include <rocksdb/options.h>

namespace quipu::ledger {

// `accept_damaged_tail`: start from the records before the first damaged one of the write-ahead
// log, instead of refusing to open.
[[nodiscard]] rocksdb::Options embedded_options(bool accept_damaged_tail);
[[nodiscard]] rocksdb::ReadOptions sequential_read_options();

}  // namespace quipu::ledger
