#include "webhooks/rocksdb_webhook_store.h"

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <limits>

#include "base/bytes.h"

namespace quipu::webhooks {
namespace {

using base::Result;

// Rows: `d id` a delivery, `l endpoint NUL sequence` its summary, `p` the position.
constexpr char kDeliveryRow = 'd';
constexpr char kSummaryRow = 'l';
constexpr std::string_view kPositionKey = "p";
constexpr std::size_t kWriteBufferBytes = std::size_t{8} << 20;

base::Error to_error(const rocksdb::Status& status) {
    return {status.IsCorruption() ? base::ErrorCode("state_corrupt")
                                  : base::ErrorCode("state_unavailable"),
            "The store of webhook deliveries failed: " + status.ToString()};
}

tl::unexpected<base::Error> corrupt() {
    return base::fail("state_corrupt", "A stored webhook delivery is not readable.");
}

std::string delivery_key(std::string_view id) {
    return kDeliveryRow + std::string(id);
}

// "" = of every endpoint.
std::string summary_prefix(std::string_view endpoint) {
    std::string prefix(1, kSummaryRow);
    if (!endpoint.empty()) prefix.append(endpoint).push_back('\0');
    return prefix;
}

std::string summary_key(std::string_view endpoint, std::uint64_t sequence) {
    base::ByteWriter key;
    key.raw(summary_prefix(endpoint));
    key.big_endian_u64(sequence);
    return key.take();
}

std::string encode_summary(const WebhookDelivery& delivery) {
    base::ByteWriter out;
    out.string(delivery.id);
    out.byte(static_cast<std::uint8_t>(delivery.status));
    out.instant(delivery.created_at);
    out.instant(delivery.next_attempt_at);
    return out.take();
}

std::optional<DeliverySummary> decode_summary(std::string_view key, std::string_view value) {
    const std::size_t end = key.find('\0');
    if (end == std::string_view::npos || key.size() != end + 1 + sizeof(std::uint64_t))
        return std::nullopt;
    DeliverySummary summary;
    summary.endpoint = key.substr(1, end - 1);
    summary.sequence = base::ByteReader(key.substr(end + 1)).big_endian_u64();
    base::ByteReader in(value);
    summary.id = in.string();
    summary.status = static_cast<DeliveryStatus>(in.byte());
    summary.created_at = in.instant();
    summary.next_attempt_at = in.instant();
    if (!in.done()) return std::nullopt;
    return summary;
}

class RocksdbWebhookStore final : public WebhookStore {
public:
    explicit RocksdbWebhookStore(std::unique_ptr<rocksdb::DB> database)
        : database_(std::move(database)) {}

    Result<std::optional<ledger::Offset>> position() override;
    Result<void> write(const DeliveryWrites& writes) override;
    Result<std::optional<WebhookDelivery>> find(std::string_view id) override;
    Result<void> scan(std::string_view endpoint, const Visit& visit) override;
    Result<void> scan_back(std::string_view endpoint, std::uint64_t before,
                           const Visit& visit) override;

private:
    Result<std::optional<std::string>> read(std::string_view key);

    std::unique_ptr<rocksdb::DB> database_;
};

Result<std::optional<std::string>> RocksdbWebhookStore::read(std::string_view key) {
    std::string value;
    const rocksdb::Status status = database_->Get(rocksdb::ReadOptions(), key, &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return tl::unexpected(to_error(status));
    return value;
}

Result<std::optional<ledger::Offset>> RocksdbWebhookStore::position() {
    const auto bytes = read(kPositionKey);
    if (!bytes) return tl::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    base::ByteReader in(**bytes);
    const ledger::Offset position = in.zigzag();
    if (!in.done()) return corrupt();
    return position;
}

Result<void> RocksdbWebhookStore::write(const DeliveryWrites& writes) {
    rocksdb::WriteBatch batch;
    for (const DeliverySummary& each : writes.remove) {
        batch.Delete(delivery_key(each.id));
        batch.Delete(summary_key(each.endpoint, each.sequence));
    }
    for (const WebhookDelivery& each : writes.put) {
        batch.Put(delivery_key(each.id), encode_delivery(each));
        batch.Put(summary_key(each.endpoint, each.sequence), encode_summary(each));
    }
    if (writes.position) {
        base::ByteWriter position;
        position.zigzag(*writes.position);
        batch.Put(kPositionKey, position.view());
    }
    const rocksdb::Status status = database_->Write(rocksdb::WriteOptions(), &batch);
    if (!status.ok()) return tl::unexpected(to_error(status));
    return {};
}

Result<std::optional<WebhookDelivery>> RocksdbWebhookStore::find(std::string_view id) {
    const auto bytes = read(delivery_key(id));
    if (!bytes) return tl::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    auto delivery = decode_delivery(**bytes);
    if (!delivery) return tl::unexpected(delivery.error());
    return std::move(*delivery);
}

Result<void> RocksdbWebhookStore::scan(std::string_view endpoint, const Visit& visit) {
    const std::string prefix = summary_prefix(endpoint);
    const std::unique_ptr<rocksdb::Iterator> at(database_->NewIterator(rocksdb::ReadOptions()));
    for (at->Seek(prefix); at->Valid() && at->key().starts_with(prefix); at->Next()) {
        const auto summary = decode_summary(at->key().ToStringView(), at->value().ToStringView());
        if (!summary) return corrupt();
        if (!visit(*summary)) break;
    }
    if (!at->status().ok()) return tl::unexpected(to_error(at->status()));
    return {};
}

Result<void> RocksdbWebhookStore::scan_back(std::string_view endpoint, std::uint64_t before,
                                            const Visit& visit) {
    if (before == 0) return {};
    const std::string prefix = summary_prefix(endpoint);
    const std::unique_ptr<rocksdb::Iterator> at(database_->NewIterator(rocksdb::ReadOptions()));
    at->SeekForPrev(summary_key(endpoint, before - 1));
    for (; at->Valid() && at->key().starts_with(prefix); at->Prev()) {
        const auto summary = decode_summary(at->key().ToStringView(), at->value().ToStringView());
        if (!summary) return corrupt();
        if (!visit(*summary)) break;
    }
    if (!at->status().ok()) return tl::unexpected(to_error(at->status()));
    return {};
}

rocksdb::Options store_options() {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.write_buffer_size = kWriteBufferBytes;
    options.max_open_files = 64;
    options.keep_log_file_num = 2;
    options.stats_dump_period_sec = 0;
    options.compression = rocksdb::kNoCompression;
    return options;
}

}  // namespace

Result<std::unique_ptr<WebhookStore>> open_rocksdb_webhook_store(const std::string& folder) {
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    rocksdb::DB* database = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(store_options(), folder, &database);
    if (!status.ok()) return tl::unexpected(to_error(status));
    return std::make_unique<RocksdbWebhookStore>(std::unique_ptr<rocksdb::DB>(database));
}

}  // namespace quipu::webhooks
