#include "projections/store/rocksdb_store.h"

#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "projections/store/rocksdb_seen.h"
#include "projections/store/rocksdb_tuning.h"
#include "projections/store/state_digest.h"
#include "projections/store/state_format.h"

namespace quipu::projections {
namespace {

// Table 0 of the Meta family is the store's own.
constexpr std::string_view kPositionKey("\0position", 9);
constexpr std::string_view kFormatKey("\0format", 7);
constexpr std::string_view kFormat = "3";

char table_byte(Table table) {
    return static_cast<char>(table);
}

std::string full_key(Table table, std::string_view key) {
    std::string full;
    full.reserve(key.size() + 1);
    full.push_back(table_byte(table));
    full.append(key);
    return full;
}

class BackgroundErrors final : public rocksdb::EventListener {
public:
    explicit BackgroundErrors(StopProcess stop) : stop_(std::move(stop)) {}

    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
        // A compaction that closing the database cut short loses nothing.
        if (!status->IsShutdownInProgress()) stop_(to_error(*status));
    }

private:
    StopProcess stop_;
};

// Handles go before the database they belong to.
class Database {
public:
    Database(rocksdb::DB* database, std::vector<rocksdb::ColumnFamilyHandle*> handles)
        : database_(database), handles_(std::move(handles)) {}
    ~Database() {
        for (rocksdb::ColumnFamilyHandle* handle : handles_)
            database_->DestroyColumnFamilyHandle(handle);
    }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] rocksdb::DB& operator*() const { return *database_; }
    [[nodiscard]] rocksdb::DB* operator->() const { return database_.get(); }
    [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Family family) const {
        return handles_[static_cast<std::size_t>(family)];
    }
    [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Table table) const {
        return family(family_of(table));
    }

private:
    std::unique_ptr<rocksdb::DB> database_;
    std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

class RocksdbStore final : public StateStore {
public:
    RocksdbStore(std::unique_ptr<Database> database, const std::string& folder,
                 RocksdbStoreOptions options)
        : database_(std::move(database)),
          seen_(**database_, *database_->family(Family::Seen), folder),
          options_(std::move(options)) {}

    base::Result<void> start(bool read_only);

    base::Result<void> write(WriteSet set) override;
    base::Result<std::optional<Position>> position() override { return read_position({}); }
    base::Result<std::optional<std::string>> get(Table table, std::string_view key) override;
    base::Result<void> scan_from(Table table, std::string_view prefix, std::string_view first_key,
                                 const Visit& visit) override;
    base::Result<void> scan_back(Table table, std::string_view prefix, std::string_view before_key,
                                 const Visit& visit) override;
    base::Result<std::optional<SeenEvent>> find_seen(const base::Fingerprint& id,
                                                     base::Instant not_before,
                                                     base::Instant not_after) override;
    base::Result<void> scan_seen(base::Instant not_before, const VisitSeen& visit) override;
    base::Result<void> forget_seen(base::Instant before) override {
        return seen_.forget_days_before(utc_day(before));
    }
    base::Result<std::string> digest(base::Instant seen_not_before) override;
    base::Result<void> checkpoint(const std::string& folder) override;

private:
    base::Result<std::optional<std::string>> read(const rocksdb::ReadOptions& options,
                                                  rocksdb::ColumnFamilyHandle* family,
                                                  std::string_view key) const;
    base::Result<std::optional<Position>> read_position(const rocksdb::ReadOptions& options) const;
    base::Result<void> check_format(bool read_only);
    base::Result<void> digest_table(const rocksdb::ReadOptions& options, Table table,
                                    StateDigest& digest) const;

    std::unique_ptr<Database> database_;
    RocksdbSeen seen_;
    RocksdbStoreOptions options_;
    std::optional<Position> written_;  // of the writing thread
    // What readers need of the position, in micros and offsets; nothing is visible before the
    // start.
    std::atomic<ledger::Offset> next_offset_{0};
    std::atomic<std::int64_t> clock_micros_{0};
};

base::Result<void> RocksdbStore::start(bool read_only) {
    if (const auto format = check_format(read_only); !format) return format;
    const auto position = read_position({});
    if (!position) return tl::unexpected(position.error());
    written_ = *position;
    if (written_) {
        clock_micros_ = written_->clock.micros;
        next_offset_ = written_->next_offset;
    }
    if (read_only) return {};
    return seen_.remove_leftovers(written_);
}

base::Result<void> RocksdbStore::check_format(bool read_only) {
    rocksdb::ColumnFamilyHandle* meta = database_->family(Family::Meta);
    const auto format = read({}, meta, kFormatKey);
    if (!format) return tl::unexpected(format.error());
    if (*format && **format != kFormat)
        return base::fail("state_incompatible", "the folder has state format " + **format +
                                                    ", this program writes format " +
                                                    std::string(kFormat));
    if (*format || read_only) return {};
    const auto status = (*database_)->Put(rocksdb::WriteOptions(), meta, kFormatKey, kFormat);
    if (!status.ok()) return tl::unexpected(to_error(status));
    return {};
}

base::Result<void> RocksdbStore::write(WriteSet set) {
    normalise(set, written_);
    rocksdb::WriteBatch batch;
    for (const Row& row : set.rows) {
        const char table = table_byte(row.table);
        const rocksdb::Slice key[] = {{&table, 1}, row.key};
        rocksdb::ColumnFamilyHandle* family = database_->family(row.table);
        if (row.value) {
            const rocksdb::Slice value = *row.value;
            batch.Put(family, {key, 2}, {&value, 1});
        } else {
            batch.Delete(family, {key, 2});
        }
    }
    if (set.seen.size() >= options_.ingest_seen_at_least) {
        if (auto ingested = seen_.ingest(set.seen); !ingested) return ingested;
        if (options_.after_ingest) options_.after_ingest();
    } else {
        seen_.put(set.seen, batch);
    }
    batch.Put(database_->family(Family::Meta), kPositionKey, encode_position(set.position));
    const rocksdb::Status status = (*database_)->Write(rocksdb::WriteOptions(), &batch);
    if (!status.ok()) return tl::unexpected(to_error(status));
    written_ = set.position;
    clock_micros_ = set.position.clock.micros;
    next_offset_ = set.position.next_offset;
    return {};
}

base::Result<std::optional<std::string>> RocksdbStore::read(const rocksdb::ReadOptions& options,
                                                            rocksdb::ColumnFamilyHandle* family,
                                                            std::string_view key) const {
    std::string value;
    const rocksdb::Status status = (*database_)->Get(options, family, key, &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return tl::unexpected(to_error(status));
    return value;
}

base::Result<std::optional<Position>> RocksdbStore::read_position(
    const rocksdb::ReadOptions& options) const {
    const auto bytes = read(options, database_->family(Family::Meta), kPositionKey);
    if (!bytes) return tl::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    const auto position = parse_position(**bytes);
    if (!position) return base::fail("state_corrupt", "the stored position cannot be read");
    return position;
}

base::Result<std::optional<std::string>> RocksdbStore::get(Table table, std::string_view key) {
    return read({}, database_->family(table), full_key(table, key));
}

base::Result<void> RocksdbStore::scan_from(Table table, std::string_view prefix,
                                           std::string_view first_key, const Visit& visit) {
    const std::string end = prefix_end(full_key(table, prefix));
    const rocksdb::Slice bound = end;
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> at(
        (*database_)->NewIterator(options, database_->family(table)));
    for (at->Seek(full_key(table, std::max(prefix, first_key))); at->Valid(); at->Next()) {
        if (!visit(at->key().ToStringView().substr(1), at->value().ToStringView())) break;
    }
    if (!at->status().ok()) return tl::unexpected(to_error(at->status()));
    return {};
}

base::Result<void> RocksdbStore::scan_back(Table table, std::string_view prefix,
                                           std::string_view before_key, const Visit& visit) {
    const std::string first = full_key(table, prefix);
    std::string end = prefix_end(first);
    if (!before_key.empty()) end = std::min(end, full_key(table, before_key));
    const rocksdb::Slice lower = first;
    const rocksdb::Slice upper = end;
    rocksdb::ReadOptions options;
    options.iterate_lower_bound = &lower;
    options.iterate_upper_bound = &upper;
    if (end <= first) return {};
    const std::unique_ptr<rocksdb::Iterator> at(
        (*database_)->NewIterator(options, database_->family(table)));
    for (at->SeekToLast(); at->Valid(); at->Prev()) {
        if (!visit(at->key().ToStringView().substr(1), at->value().ToStringView())) break;
    }
    if (!at->status().ok()) return tl::unexpected(to_error(at->status()));
    return {};
}

base::Result<std::optional<SeenEvent>> RocksdbStore::find_seen(const base::Fingerprint& id,
                                                               base::Instant not_before,
                                                               base::Instant not_after) {
    const ledger::Offset next_offset = next_offset_;
    if (next_offset == 0) return std::nullopt;
    const base::Instant last = std::min(not_after, base::Instant{clock_micros_});
    return seen_.find(id, not_before, last, next_offset);
}

base::Result<void> RocksdbStore::scan_seen(base::Instant not_before, const VisitSeen& visit) {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = std::size_t{2} << 20;
    return seen_.scan(
        options, not_before, next_offset_,
        [&](const SeenEvent& event, std::string_view, std::string_view) { return visit(event); });
}

base::Result<void> RocksdbStore::digest_table(const rocksdb::ReadOptions& options, Table table,
                                              StateDigest& digest) const {
    const std::string first = full_key(table, {});
    const std::unique_ptr<rocksdb::Iterator> at(
        (*database_)->NewIterator(options, database_->family(table)));
    for (at->Seek(first); at->Valid() && at->key().starts_with(first); at->Next()) {
        digest.add_row(table, at->key().ToStringView().substr(1), at->value().ToStringView());
    }
    if (!at->status().ok()) return tl::unexpected(to_error(at->status()));
    return {};
}

base::Result<std::string> RocksdbStore::digest(base::Instant seen_not_before) {
    rocksdb::ManagedSnapshot snapshot(&**database_);
    rocksdb::ReadOptions options;
    options.snapshot = snapshot.snapshot();
    options.fill_cache = false;
    const auto position = read_position(options);
    if (!position) return tl::unexpected(position.error());
    const Position last = position->value_or(Position{});

    StateDigest digest;
    for (const Table table : kTables) {
        if (table == Table::Outbox) continue;
        if (const auto added = digest_table(options, table, digest); !added)
            return tl::unexpected(added.error());
    }
    const auto add_seen = [&](const SeenEvent&, std::string_view key, std::string_view value) {
        digest.add_seen(key, value);
        return true;
    };
    if (const auto added = seen_.scan(options, seen_not_before, last.next_offset, add_seen); !added)
        return tl::unexpected(added.error());
    return digest.finish(last);
}

base::Result<void> RocksdbStore::checkpoint(const std::string& folder) {
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(&**database_, &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    if (status.ok()) status = checkpoint->CreateCheckpoint(folder);
    if (!status.ok()) return tl::unexpected(to_error(status));
    return {};
}

base::Result<std::unique_ptr<StateStore>> open(const std::string& folder,
                                               const RocksdbMemory& memory, bool read_only,
                                               RocksdbStoreOptions options) {
    rocksdb::DBOptions database_opts = database_options(memory.parts());
    const auto descriptors = family_descriptors(memory.parts());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    rocksdb::Status status;
    if (read_only) {
        status =
            rocksdb::DB::OpenForReadOnly(database_opts, folder, descriptors, &handles, &opened);
    } else {
        database_opts.listeners = {std::make_shared<BackgroundErrors>(options.on_background_error)};
        status = rocksdb::DB::Open(database_opts, folder, descriptors, &handles, &opened);
    }
    if (!status.ok()) return tl::unexpected(to_error(status));
    auto store = std::make_unique<RocksdbStore>(
        std::make_unique<Database>(opened, std::move(handles)), folder, std::move(options));
    if (const auto started = store->start(read_only); !started)
        return tl::unexpected(started.error());
    return store;
}

}  // namespace

base::Result<std::unique_ptr<StateStore>> open_rocksdb_store(const std::string& folder,
                                                             const RocksdbMemory& memory,
                                                             RocksdbStoreOptions options) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return base::fail("state_unavailable", folder + ": " + error.message());
    return open(folder, memory, false, std::move(options));
}

base::Result<std::unique_ptr<StateStore>> open_rocksdb_store_read_only(
    const std::string& folder, const RocksdbMemory& memory) {
    return open(folder, memory, true, {});
}

}  // namespace quipu::projections
