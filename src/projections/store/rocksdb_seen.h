// The seen ids of one partition in their column family. Private to the rocksdb_ files.
//
// An id counts only when its offset is before the stored position (`next_offset` below): ids of a
// sorted file go in ahead of the batch that moves the position.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <optional>
#include <string>
#include <vector>

#include "projections/store/state_store.h"

namespace quipu::projections {

class RocksdbSeen {
public:
    RocksdbSeen(rocksdb::DB& database, rocksdb::ColumnFamilyHandle& family, std::string folder)
        : database_(database), family_(family), folder_(std::move(folder)) {}

    // `seen` is sorted by key, without equal keys.
    void put(const std::vector<SeenEvent>& seen, rocksdb::WriteBatch& batch) const;
    [[nodiscard]] base::Result<void> ingest(const std::vector<SeenEvent>& seen) const;

    [[nodiscard]] base::Result<std::optional<SeenEvent>> find(const base::Fingerprint& id,
                                                              base::Instant not_before,
                                                              base::Instant not_after,
                                                              ledger::Offset next_offset) const;

    using VisitPair =
        std::function<bool(const SeenEvent&, std::string_view key, std::string_view value)>;
    [[nodiscard]] base::Result<void> scan(const rocksdb::ReadOptions& options,
                                          base::Instant not_before, ledger::Offset next_offset,
                                          const VisitPair& visit) const;

    [[nodiscard]] base::Result<void> forget_days_before(std::int32_t day) const;
    // What a crash left behind between an ingested file and its batch; nullopt: nothing was ever
    // written, so everything is.
    [[nodiscard]] base::Result<void> remove_leftovers(
        const std::optional<Position>& position) const;

private:
    [[nodiscard]] std::string ingest_folder() const { return folder_ + "/ingest"; }

    rocksdb::DB& database_;
    rocksdb::ColumnFamilyHandle& family_;
    std::string folder_;
};

}  // namespace quipu::projections
