#include "payments/sandbox/rocksdb_store.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <system_error>

namespace quipu::payments {
namespace {

base::Error error_of(const rocksdb::Status& status) {
    return {"sandbox_unavailable", "The sandbox's store failed: " + status.ToString() + "."};
}

std::string full_key(SandboxTable table, std::string_view key) {
    std::string full(1, static_cast<char>(table));
    return full.append(key);
}

std::string_view view(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
}

}  // namespace

struct RocksdbSandboxStore::Impl {
    std::unique_ptr<rocksdb::DB> db;

    base::Result<void> write(const SandboxWrites& writes, bool sync) {
        rocksdb::WriteBatch batch;
        for (const SandboxWrites::Row& row : writes.rows()) {
            const std::string key = full_key(row.table, row.key);
            const rocksdb::Status status =
                row.value ? batch.Put(key, *row.value) : batch.Delete(key);
            if (!status.ok()) return tl::unexpected(error_of(status));
        }
        rocksdb::WriteOptions options;
        options.sync = sync;
        const rocksdb::Status status = db->Write(options, &batch);
        if (!status.ok()) return tl::unexpected(error_of(status));
        return {};
    }
};

base::Result<std::unique_ptr<RocksdbSandboxStore>> RocksdbSandboxStore::open(
    const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return base::fail("sandbox_unavailable",
                          "The sandbox's folder cannot be made: " + error.message() + ".");
    }
    rocksdb::Options options;
    options.create_if_missing = true;
    options.paranoid_checks = true;
    // Only a last record that was cut short is forgiven: it was never answered.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.write_buffer_size = 4 << 20;
    options.max_background_jobs = 1;
    options.info_log_level = rocksdb::WARN_LEVEL;
    options.keep_log_file_num = 2;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, folder, &db);
    if (!status.ok()) return tl::unexpected(error_of(status));
    auto impl = std::make_unique<Impl>();
    impl->db.reset(db);
    return std::unique_ptr<RocksdbSandboxStore>(new RocksdbSandboxStore(std::move(impl)));
}

RocksdbSandboxStore::RocksdbSandboxStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksdbSandboxStore::~RocksdbSandboxStore() = default;

base::Result<std::optional<std::string>> RocksdbSandboxStore::get(SandboxTable table,
                                                                  std::string_view key) const {
    std::string value;
    const rocksdb::Status status = impl_->db->Get({}, full_key(table, key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return tl::unexpected(error_of(status));
    return value;
}

base::Result<void> RocksdbSandboxStore::scan(SandboxTable table, const Visit& visit) const {
    const std::string prefix = full_key(table, {});
    const std::unique_ptr<rocksdb::Iterator> rows(impl_->db->NewIterator({}));
    for (rows->Seek(prefix); rows->Valid() && rows->key().starts_with(prefix); rows->Next())
        visit(view(rows->key()).substr(1), view(rows->value()));
    if (!rows->status().ok()) return tl::unexpected(error_of(rows->status()));
    return {};
}

base::Result<void> RocksdbSandboxStore::write(const SandboxWrites& writes) {
    return impl_->write(writes, true);
}

base::Result<void> RocksdbSandboxStore::write_unsynced(const SandboxWrites& writes) {
    return impl_->write(writes, false);
}

}  // namespace quipu::payments
