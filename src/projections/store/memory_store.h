// The state of one partition in memory, for tests: the plainest thing that keeps the contract.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "projections/store/state_store.h"

namespace quipu::projections {

// `checkpoint` answers `unsupported`. Visitors run under the lock: they must not call the store.
class MemoryStore final : public StateStore {
public:
    using StateStore::find_seen;

    [[nodiscard]] base::Result<void> write(WriteSet set) override;
    [[nodiscard]] base::Result<std::optional<Position>> position() override;
    [[nodiscard]] base::Result<std::optional<std::string>> get(Table table,
                                                               std::string_view key) override;
    [[nodiscard]] base::Result<void> scan_from(Table table, std::string_view prefix,
                                               std::string_view first_key,
                                               const Visit& visit) override;
    [[nodiscard]] base::Result<void> scan_back(Table table, std::string_view prefix,
                                               std::string_view before_key,
                                               const Visit& visit) override;
    [[nodiscard]] base::Result<std::optional<SeenEvent>> find_seen(
        const base::Fingerprint& id, base::Instant not_before, base::Instant not_after) override;
    [[nodiscard]] base::Result<void> scan_seen(base::Instant not_before,
                                               const VisitSeen& visit) override;
    [[nodiscard]] base::Result<void> forget_seen(base::Instant before) override;
    [[nodiscard]] base::Result<std::string> digest(base::Instant seen_not_before) override;
    [[nodiscard]] base::Result<void> checkpoint(const std::string& folder) override;

private:
    using Rows = std::map<std::string, std::string, std::less<>>;

    std::mutex content_mutex_;
    std::array<Rows, 256> tables_;  // by number
    Rows seen_;                     // as state_format.h writes them
    std::optional<Position> position_;
};

}  // namespace quipu::projections
