#include "golden/recorded_log.h"

#include "base/bytes.h"
#include "base/sha256.h"
#include "ledger/log/partition_layout.h"

namespace quipu::recorded {
namespace {

using ledger::StoredRecord;

constexpr std::string_view kFirstLine = "quipu recorded log 1\n";
constexpr std::size_t kDigestBytes = std::tuple_size_v<base::Sha256Digest>;

std::string_view bytes_of(const base::Sha256Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

tl::unexpected<base::Error> unreadable(std::string_view why) {
    return base::fail("file_unreadable",
                      "The recorded log cannot be read: " + std::string(why) + ".");
}

void put(base::ByteWriter& out, const StoredRecord& record) {
    out.varint(static_cast<std::uint64_t>(record.offset));
    out.instant(record.recorded_at);
    out.string(record.key);
    out.string(record.value);
    out.varint(record.headers.size());
    for (const ledger::Header& header : record.headers) {
        out.string(header.name);
        out.string(header.value);
    }
}

StoredRecord take_record(base::ByteReader& in) {
    StoredRecord record;
    record.offset = static_cast<ledger::Offset>(in.varint());
    record.recorded_at = in.instant();
    record.key = in.string();
    record.value = in.string();
    for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
        std::string name(in.string());
        record.headers.push_back({std::move(name), std::string(in.string())});
    }
    return record;
}

RecordedPartition take_partition(base::ByteReader& in) {
    RecordedPartition partition;
    partition.partition.topic = static_cast<ledger::Topic>(in.byte());
    partition.partition.index = static_cast<std::uint32_t>(in.varint());
    for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left)
        partition.records.push_back(take_record(in));
    return partition;
}

}  // namespace

std::string encode_log(const RecordedLog& log) {
    base::ByteWriter out;
    out.raw(kFirstLine);
    out.varint(log.event_partitions);
    out.varint(log.partitions.size());
    for (const RecordedPartition& partition : log.partitions) {
        out.byte(static_cast<std::uint8_t>(partition.partition.topic));
        out.varint(partition.partition.index);
        out.varint(partition.records.size());
        for (const StoredRecord& record : partition.records) put(out, record);
    }
    out.raw(bytes_of(base::sha256(out.view())));
    return out.take();
}

base::Result<RecordedLog> decode_log(std::string_view bytes) {
    if (!bytes.starts_with(kFirstLine)) return unreadable("it does not begin as one");
    if (bytes.size() < kFirstLine.size() + kDigestBytes) return unreadable("it is cut short");
    const std::string_view content = bytes.substr(0, bytes.size() - kDigestBytes);
    if (bytes_of(base::sha256(content)) != bytes.substr(content.size()))
        return unreadable("its SHA-256 is another one: it was edited or cut short");
    base::ByteReader in(content.substr(kFirstLine.size()));
    RecordedLog log;
    log.event_partitions = static_cast<std::uint32_t>(in.varint());
    for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left)
        log.partitions.push_back(take_partition(in));
    if (!in.done()) return unreadable("its records do not fit its length");
    for (const RecordedPartition& partition : log.partitions) {
        ledger::Offset next = 0;
        for (const StoredRecord& record : partition.records) {
            if (record.offset != next++) return unreadable("its offsets have gaps");
        }
    }
    return log;
}

}  // namespace quipu::recorded
