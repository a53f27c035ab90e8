// The state folders of a ledger that no process writes to: opened for reading, and their digests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/ledger_engine.h"
#include "projections/store/rocksdb_store.h"
#include "projections/store/state_store.h"

namespace quipu::cli {

struct StoredPartition {
    ledger::Partition partition;
    std::unique_ptr<projections::StateStore> store;
    projections::Position position;  // the beginning when nothing was ever written
};

// Control first, then the account partitions, as many as there are folders. `memory` outlives them.
// Error codes: `state_missing`, those of the store.
[[nodiscard]] base::Result<std::vector<StoredPartition>> open_state(
    const std::string& folder, const projections::RocksdbMemory& memory);

[[nodiscard]] base::Result<std::vector<engine::PartitionDigest>> digest_state(
    const std::string& folder);

// To standard output: partition, next offset and digest, a line for each.
void print_digests(const std::vector<engine::PartitionDigest>& digests);

}  // namespace quipu::cli
