#include "cli/stored_state.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "cli/log/partition_name.h"
#include "projections/partition_digest.h"

namespace quipu::cli {
namespace {

using base::Result;
using ledger::Partition;
using ledger::Topic;

std::vector<Partition> partitions_in(const std::string& folder) {
    const auto exists = [&](Partition partition) {
        return std::filesystem::exists(engine::partition_folder(folder, partition) + "/CURRENT");
    };
    std::vector<Partition> partitions;
    if (exists({Topic::Control, 0})) partitions.push_back({Topic::Control, 0});
    for (Partition next{Topic::Events, 0}; exists(next); ++next.index) partitions.push_back(next);
    return partitions;
}

}  // namespace

Result<std::vector<StoredPartition>> open_state(const std::string& folder,
                                                const projections::RocksdbMemory& memory) {
    std::vector<StoredPartition> opened;
    for (const Partition partition : partitions_in(folder)) {
        auto store = projections::open_rocksdb_store_read_only(
            engine::partition_folder(folder, partition), memory);
        const auto position =
            store ? (*store)->position() : tl::unexpected<base::Error>(store.error());
        if (!position) {
            return base::fail(position.error().code,
                              fmt::format("Partition {}: {}", partition_name(partition),
                                          position.error().message));
        }
        opened.push_back(
            {partition, std::move(*store), position->value_or(projections::Position{})});
    }
    if (opened.empty())
        return base::fail("state_missing", fmt::format("There is no state in {}.", folder));
    return opened;
}

Result<std::vector<engine::PartitionDigest>> digest_state(const std::string& folder) {
    const projections::RocksdbMemory memory;
    const auto opened = open_state(folder, memory);
    if (!opened) return tl::unexpected(opened.error());
    std::vector<engine::PartitionDigest> digests;
    for (const StoredPartition& each : *opened) {
        auto digest = projections::partition_digest(*each.store);
        if (!digest) return tl::unexpected(digest.error());
        digests.push_back({each.partition, each.position.next_offset, std::move(*digest)});
    }
    return digests;
}

void print_digests(const std::vector<engine::PartitionDigest>& digests) {
    for (const engine::PartitionDigest& each : digests) {
        fmt::print("{}\t{}\t{}\n", partition_name(each.partition), each.next_offset, each.digest);
    }
}

}  // namespace quipu::cli
