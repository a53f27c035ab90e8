// A whole log as one file, so that what an earlier version recorded can be kept and folded again
// without a storage engine.
//
// The line "quipu recorded log 1\n"; the number of event partitions; then the partitions that are
// folded, control first: topic (1 byte), index, number of records, and per record its offset, when
// it was appended (microseconds since 1970 UTC), key, value, number of headers, and each header's
// name and value. Numbers are varints, the time a zigzagged one, texts and bytes stand behind their
// length (base/bytes.h). The SHA-256 of all of this (32 bytes) ends the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/log/log.h"

namespace quipu::recorded {

struct RecordedPartition {
    ledger::Partition partition;
    std::vector<ledger::StoredRecord> records;  // in order, offsets from 0 without gaps
};

struct RecordedLog {
    std::uint32_t event_partitions = 0;
    std::vector<RecordedPartition> partitions;
};

[[nodiscard]] std::string encode_log(const RecordedLog& log);
// Error code: `recording_unreadable`.
[[nodiscard]] base::Result<RecordedLog> decode_log(std::string_view bytes);

}  // namespace quipu::recorded
