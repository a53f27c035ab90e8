// Writes the embedded log of a ledger's folder as one file: export_log DATA FILE.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "cli/log/partition_name.h"
#include "golden/recorded_log.h"
#include "server/log_source.h"

namespace quipu::recorded {
namespace {

// The log stands still: nobody appends to it while it is read.
base::Result<RecordedPartition> read_all(ledger::Log& log, ledger::Partition partition) {
    const auto end = log.end(partition);
    if (!end) return tl::unexpected(end.error());
    const auto reader = log.read(partition, 0);
    if (!reader) return tl::unexpected(reader.error());
    RecordedPartition recorded{partition, {}};
    while (static_cast<ledger::Offset>(recorded.records.size()) < *end) {
        const auto polled = (*reader)->poll(1000, recorded.records);
        if (!polled) return tl::unexpected(polled.error());
    }
    fmt::print("{}\t{} records\n", cli::partition_name(partition), recorded.records.size());
    return recorded;
}

base::Result<void> export_log(const std::string& data, const std::string& file) {
    const auto log = server::open_for_reading({.data = data, .brokers = {}, .prefix = {}});
    if (!log) return tl::unexpected(log.error());
    RecordedLog recorded;
    recorded.event_partitions = (*log)->partitions(ledger::Topic::Events);
    for (const ledger::Partition partition : server::folded_partitions(**log)) {
        auto all = read_all(**log, partition);
        if (!all) return tl::unexpected(all.error());
        recorded.partitions.push_back(std::move(*all));
    }
    std::ofstream out(file, std::ios::binary);
    out << encode_log(recorded);
    if (!out.flush()) return base::fail("file_unreadable", file + " cannot be written.");
    return {};
}

}  // namespace
}  // namespace quipu::recorded

int main(int argc, char** argv) {
    if (argc != 3) {
        fmt::print(stderr, "export_log DATA FILE\n");
        return 2;
    }
    const auto done = quipu::recorded::export_log(argv[1], argv[2]);
    if (!done) fmt::print(stderr, "{}\n", done.error().message);
    return done ? 0 : 1;
}
