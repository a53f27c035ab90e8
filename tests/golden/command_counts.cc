#include "golden/command_counts.h"

#include <fmt/format.h>

#include <utility>

#include "ingest/record_decoder.h"
#include "ledger/command.h"
#include "quipu/v1/record.pb.h"

namespace quipu::recorded {
namespace {

std::string name_of_kind(std::uint8_t kind) {
    const auto* field = v1::Record::descriptor()->FindFieldByNumber(kind);
    return fmt::format("records\t{}\t{}", kind, field != nullptr ? field->name() : "unknown");
}

}  // namespace

LogDigests count_commands(const RecordedLog& log) {
    std::map<std::uint8_t, std::uint64_t> counts;
    std::uint64_t undecodable = 0;
    const auto decode = ingest::record_decoder();
    for (const RecordedPartition& partition : log.partitions) {
        for (const ledger::StoredRecord& stored : partition.records) {
            const auto record = decode(stored);
            ++(record ? counts[ledger::kind_of(record->command).number] : undecodable);
        }
    }
    LogDigests digests;
    for (const auto& [kind, count] : counts) digests[name_of_kind(kind)] = std::to_string(count);
    digests["records\tundecodable"] = std::to_string(undecodable);
    return digests;
}

}  // namespace quipu::recorded
