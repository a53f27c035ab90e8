#include "projections/store/rocksdb_seen.h"

#include <rocksdb/convenience.h>
#include <rocksdb/sst_file_writer.h>

#include <filesystem>
#include <memory>

#include "projections/store/rocksdb_tuning.h"
#include "projections/store/state_format.h"

namespace quipu::projections {
namespace {

base::Result<void> checked(const rocksdb::Status& status) {
    if (!status.ok()) return tl::unexpected(to_error(status));
    return {};
}

tl::unexpected<base::Error> not_an_id() {
    return base::fail("state_corrupt", "a stored event id cannot be read");
}

rocksdb::IngestExternalFileOptions move_in() {
    rocksdb::IngestExternalFileOptions options;
    options.move_files = true;
    options.write_global_seqno = false;
    return options;
}

}  // namespace

void RocksdbSeen::put(const std::vector<SeenEvent>& seen, rocksdb::WriteBatch& batch) const {
    for (const SeenEvent& event : seen) {
        batch.Put(&family_, seen_key(utc_day(event.first_seen), event.id), seen_value(event));
    }
}

base::Result<void> RocksdbSeen::ingest(const std::vector<SeenEvent>& seen) const {
    std::error_code error;
    std::filesystem::create_directories(ingest_folder(), error);
    if (error) return base::fail("state_unavailable", ingest_folder() + ": " + error.message());

    const std::string path = ingest_folder() + "/seen.sst";
    rocksdb::SstFileWriter file(rocksdb::EnvOptions(), database_.GetOptions(&family_), &family_);
    rocksdb::Status status = file.Open(path);
    for (auto event = seen.begin(); status.ok() && event != seen.end(); ++event) {
        status = file.Put(seen_key(utc_day(event->first_seen), event->id), seen_value(*event));
    }
    if (status.ok()) status = file.Finish();
    if (status.ok()) status = database_.IngestExternalFile(&family_, {path}, move_in());
    return checked(status);
}

base::Result<std::optional<SeenEvent>> RocksdbSeen::find(const base::Fingerprint& id,
                                                         base::Instant not_before,
                                                         base::Instant not_after,
                                                         ledger::Offset next_offset) const {
    rocksdb::PinnableSlice value;
    const std::int32_t first = utc_day(not_before);
    for (std::int32_t day = utc_day(not_after); day >= first; --day) {
        const std::string key = seen_key(day, id);
        value.Reset();
        const rocksdb::Status status = database_.Get(rocksdb::ReadOptions(), &family_, key, &value);
        if (status.IsNotFound()) continue;
        if (!status.ok()) return tl::unexpected(to_error(status));
        const auto event = parse_seen(key, value.ToStringView());
        if (!event) return not_an_id();
        if (event->first_offset < next_offset && event->first_seen >= not_before &&
            event->first_seen <= not_after) {
            return event;
        }
    }
    return std::nullopt;
}

base::Result<void> RocksdbSeen::scan(const rocksdb::ReadOptions& options, base::Instant not_before,
                                     ledger::Offset next_offset, const VisitPair& visit) const {
    const std::unique_ptr<rocksdb::Iterator> at(database_.NewIterator(options, &family_));
    for (at->Seek(seen_day_prefix(utc_day(not_before))); at->Valid(); at->Next()) {
        const std::string_view key = at->key().ToStringView();
        const std::string_view value = at->value().ToStringView();
        const auto event = parse_seen(key, value);
        if (!event) return not_an_id();
        if (event->first_offset >= next_offset || event->first_seen < not_before) continue;
        if (!visit(*event, key, value)) break;
    }
    return checked(at->status());
}

base::Result<void> RocksdbSeen::forget_days_before(std::int32_t day) const {
    const std::string end = seen_day_prefix(day);
    const rocksdb::Slice first;
    const rocksdb::Slice last = end;
    // The ids may go only when the position that outdated them cannot come back earlier.
    rocksdb::Status status = database_.SyncWAL();
    if (status.ok())
        status = rocksdb::DeleteFilesInRange(&database_, &family_, nullptr, &last, false);
    if (status.ok()) status = database_.DeleteRange(rocksdb::WriteOptions(), &family_, first, last);
    return checked(status);
}

base::Result<void> RocksdbSeen::remove_leftovers(const std::optional<Position>& position) const {
    std::error_code ignored;
    std::filesystem::remove_all(ingest_folder(), ignored);

    // No record at or after the position is older than its clock, so this reads about one day.
    const std::string first =
        position ? seen_day_prefix(utc_day(position->clock)) : seen_day_prefix(INT32_MIN);
    const ledger::Offset next_offset = position ? position->next_offset : 0;
    rocksdb::WriteBatch batch;
    const std::unique_ptr<rocksdb::Iterator> at(
        database_.NewIterator(rocksdb::ReadOptions(), &family_));
    for (at->Seek(first); at->Valid(); at->Next()) {
        const auto event = parse_seen(at->key().ToStringView(), at->value().ToStringView());
        if (!event) return not_an_id();
        if (event->first_offset >= next_offset) batch.Delete(&family_, at->key());
    }
    if (!at->status().ok()) return checked(at->status());
    if (batch.Count() == 0) return {};
    return checked(database_.Write(rocksdb::WriteOptions(), &batch));
}

}  // namespace quipu::projections
