#include "ledger/log/embedded_storage.h"

#include <rocksdb/db.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <system_error>
#include <utility>

#include "ledger/log/embedded_key.h"
#include "ledger/log/embedded_options.h"
#include "ledger/log/log_errors.h"

namespace quipu::ledger {
namespace {

constexpr int kReadOnlyAttempts = 5;

base::Error error_of(const rocksdb::Status& status) {
    if (status.IsCorruption()) return log_error(kLogDamaged, status.ToString());
    const std::string text = status.ToString();
    if (status.IsIOError() && text.find("LOCK") != std::string::npos) {
        return log_error(kLogLocked, "the log is open in another process: " + text);
    }
    return log_error(kLogUnavailable, text);
}

// Format version (1 byte), then the number of event partitions in decimal.
std::string encode_meta(std::uint32_t event_partitions) {
    return "\x01" + std::to_string(event_partitions);
}

base::Result<std::uint32_t> read_event_partitions(rocksdb::DB& db) {
    std::string meta;
    const rocksdb::Status status = db.Get(rocksdb::ReadOptions(), kMetaKey, &meta);
    if (status.IsNotFound()) return tl::unexpected(log_error(kLogMissing, "this is not a log"));
    if (!status.ok()) return tl::unexpected(error_of(status));
    const long count = meta.empty() ? 0 : std::strtol(meta.c_str() + 1, nullptr, 10);
    if (count < 1 || count > long{kMaxEventPartitions} || meta.front() != '\x01') {
        return tl::unexpected(log_error(kLogDamaged, "the log's description cannot be read"));
    }
    return static_cast<std::uint32_t>(count);
}

rocksdb::WriteOptions synced() {
    rocksdb::WriteOptions options;
    options.sync = true;
    return options;
}

std::string_view view(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

}  // namespace

FrameCursor::FrameCursor(Partition partition, std::unique_ptr<rocksdb::Iterator> iterator)
    : partition_(partition), iterator_(std::move(iterator)) {}

FrameCursor::~FrameCursor() = default;

bool FrameCursor::valid() const {
    return iterator_->Valid() && same_partition(view(iterator_->key()), partition_);
}

std::optional<base::Error> FrameCursor::error() const {
    if (iterator_->status().ok()) return std::nullopt;
    return error_of(iterator_->status());
}

FrameAddress FrameCursor::address() const {
    return {partition_, base_offset_of(view(iterator_->key()))};
}

std::string_view FrameCursor::bytes() const {
    return view(iterator_->value());
}

void FrameCursor::next() {
    iterator_->Next();
}

EmbeddedStorage::EmbeddedStorage(std::unique_ptr<rocksdb::DB> db, PartitionLayout layout)
    : db_(std::move(db)), layout_(layout) {}

EmbeddedStorage::~EmbeddedStorage() = default;

base::Result<std::unique_ptr<EmbeddedStorage>> EmbeddedStorage::open(
    const EmbeddedStorageOptions& options) {
    std::error_code created;
    std::filesystem::create_directories(options.directory, created);
    if (created) return tl::unexpected(log_error(kLogUnavailable, created.message()));
    rocksdb::Options db_options = embedded_options(options.accept_damaged_tail);
    db_options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(db_options, options.directory, &opened);
    if (!status.ok()) return tl::unexpected(error_of(status));
    std::unique_ptr<rocksdb::DB> db(opened);

    auto stored = read_event_partitions(*db);
    if (!stored && stored.error().code == kLogMissing) {
        const auto written = db->Put(synced(), kMetaKey, encode_meta(options.event_partitions));
        if (!written.ok()) return tl::unexpected(error_of(written));
        stored = options.event_partitions;
    }
    if (!stored) return tl::unexpected(stored.error());
    if (*stored != options.event_partitions) {
        return tl::unexpected(
            log_error(kPartitionsDiffer, "the log was made with " + std::to_string(*stored) +
                                             " event partitions, not " +
                                             std::to_string(options.event_partitions)));
    }
    return std::unique_ptr<EmbeddedStorage>(
        new EmbeddedStorage(std::move(db), PartitionLayout(*stored)));
}

base::Result<std::unique_ptr<EmbeddedStorage>> EmbeddedStorage::open_read_only(
    const std::filesystem::path& directory) {
    if (!std::filesystem::exists(directory / "CURRENT")) {
        return tl::unexpected(log_error(kLogMissing, "there is no log in " + directory.string()));
    }
    // A running server may replace a file between our reading of the manifest and our opening it.
    rocksdb::DB* opened = nullptr;
    rocksdb::Status status;
    for (int attempt = 0; attempt < kReadOnlyAttempts && opened == nullptr; ++attempt) {
        status = rocksdb::DB::OpenForReadOnly(embedded_options(false), directory, &opened);
    }
    if (opened == nullptr) return tl::unexpected(error_of(status));
    std::unique_ptr<rocksdb::DB> db(opened);
    const auto stored = read_event_partitions(*db);
    if (!stored) return tl::unexpected(stored.error());
    return std::unique_ptr<EmbeddedStorage>(
        new EmbeddedStorage(std::move(db), PartitionLayout(*stored)));
}

void EmbeddedStorage::write(std::span<const Frame> frames) {
    rocksdb::WriteBatch batch;
    for (const Frame& frame : frames) batch.Put(encode_key(frame.address), *frame.bytes);
    const rocksdb::Status status = db_->Write(synced(), &batch);
    if (status.ok()) return;
    std::fprintf(stderr, "embedded log: a write was not synced, stopping: %s\n",
                 status.ToString().c_str());
    std::abort();
}

base::Result<EmbeddedStorage::LastFrame> EmbeddedStorage::last_frame(Partition partition) const {
    const std::unique_ptr<rocksdb::Iterator> iterator(db_->NewIterator(rocksdb::ReadOptions()));
    iterator->SeekForPrev(encode_key({partition, std::numeric_limits<Offset>::max()}));
    if (!iterator->status().ok()) return tl::unexpected(error_of(iterator->status()));
    if (!iterator->Valid() || !same_partition(view(iterator->key()), partition)) return LastFrame{};
    const FrameAddress address{partition, base_offset_of(view(iterator->key()))};
    return FrameReader::open(address, view(iterator->value())).map([](const FrameReader& frame) {
        return LastFrame{frame.end_offset(), frame.recorded_at()};
    });
}

std::unique_ptr<FrameCursor> EmbeddedStorage::cursor(Partition partition, Offset from) const {
    std::unique_ptr<rocksdb::Iterator> iterator(db_->NewIterator(sequential_read_options()));
    const std::string key = encode_key({partition, from});
    iterator->SeekForPrev(key);
    if (iterator->status().ok() &&
        (!iterator->Valid() || !same_partition(view(iterator->key()), partition))) {
        iterator->Seek(key);
    }
    return std::make_unique<FrameCursor>(partition, std::move(iterator));
}

}  // namespace quipu::ledger
