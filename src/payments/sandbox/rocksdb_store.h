// What the sandbox keeps across restarts: a few tables of small rows in a RocksDB of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace quipu::payments {

// The numbers are on disk: never reused.
enum class SandboxTable : std::uint8_t {
    Session = 1,
    SessionOfIntent = 2,
    Method = 3,
    Charge = 4,
    Payment = 5,
    Refund = 6,
    Secret = 7,
    Webhook = 8,
};

// Rows that are written together or not at all; the last one of a key counts.
class SandboxWrites {
public:
    struct Row {
        SandboxTable table;
        std::string key;
        std::optional<std::string> value;  // nothing: removed
    };

    void put(SandboxTable table, std::string key, std::string value) {
        rows_.push_back({table, std::move(key), std::move(value)});
    }
    void remove(SandboxTable table, std::string key) {
        rows_.push_back({table, std::move(key), std::nullopt});
    }
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

private:
    std::vector<Row> rows_;
};

// One thread. Error code of everything: `sandbox_unavailable`; after a failed write the folder has
// to be opened again.
class RocksdbSandboxStore {
public:
    // Makes the folder when it is missing; one process at a time.
    [[nodiscard]] static base::Result<std::unique_ptr<RocksdbSandboxStore>> open(
        const std::string& folder);
    ~RocksdbSandboxStore();
    RocksdbSandboxStore(const RocksdbSandboxStore&) = delete;
    RocksdbSandboxStore& operator=(const RocksdbSandboxStore&) = delete;

    [[nodiscard]] base::Result<std::optional<std::string>> get(SandboxTable table,
                                                               std::string_view key) const;
    // In the order of the keys, as of the call.
    using Visit = std::function<void(std::string_view key, std::string_view value)>;
    [[nodiscard]] base::Result<void> scan(SandboxTable table, const Visit& visit) const;

    // On disk when it returns: blocks for one sync.
    [[nodiscard]] base::Result<void> write(const SandboxWrites& writes);
    // The same without the sync: a crash of the machine may undo it, a killed process does not.
    [[nodiscard]] base::Result<void> write_unsynced(const SandboxWrites& writes);

private:
    struct Impl;
    explicit RocksdbSandboxStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace quipu::payments
