// What folding one account's past again has to keep: its invoices and which of its events were
// seen.
//
// Everything else that a fold writes is dropped, since nobody loads a state from here: tables other
// than Invoice are empty, but for entries, of which every one seems to be there and says nothing.
// So an earlier event with the same id is told, and what it was answered is not.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "projections/store/state_store.h"

namespace quipu::projections {

// In memory: 32 bytes for a seen id, and the invoices as they are stored. Of one thread. `write`
// answers `history_too_long` when it would keep more than the limits allow; scans, digest and
// checkpoint answer `unsupported`.
class PastStore final : public StateStore {
public:
    struct Limits {
        std::size_t seen_events = 4'000'000;  // of the dedupe window: 128 MB
        std::size_t invoice_bytes = std::size_t{64} << 20;
    };
    explicit PastStore(Limits limits) : limits_(limits) {}

    using StateStore::find_seen;

    [[nodiscard]] base::Result<void> write(WriteSet set) override;
    [[nodiscard]] base::Result<std::optional<Position>> position() override { return position_; }
    [[nodiscard]] base::Result<std::optional<std::string>> get(Table table,
                                                               std::string_view key) override;
    [[nodiscard]] base::Result<std::optional<SeenEvent>> find_seen(
        const base::Fingerprint& id, base::Instant not_before, base::Instant not_after) override;
    [[nodiscard]] base::Result<void> forget_seen(base::Instant before) override;

    [[nodiscard]] base::Result<void> scan_from(Table table, std::string_view prefix,
                                               std::string_view first_key,
                                               const Visit& visit) override;
    [[nodiscard]] base::Result<void> scan_back(Table table, std::string_view prefix,
                                               std::string_view before_key,
                                               const Visit& visit) override;
    [[nodiscard]] base::Result<void> scan_seen(base::Instant not_before,
                                               const VisitSeen& visit) override;
    [[nodiscard]] base::Result<std::string> digest(base::Instant seen_not_before) override;
    [[nodiscard]] base::Result<void> checkpoint(const std::string& folder) override;

    [[nodiscard]] std::size_t seen_events() const { return seen_events_; }

private:
    // The ids of one write, by id, then by offset.
    struct Run {
        std::vector<SeenEvent> events;
        base::Instant last_seen;
    };

    const Limits limits_;
    std::vector<Run> runs_;  // oldest first
    std::size_t seen_events_ = 0;
    std::map<std::string, std::string, std::less<>> invoices_;
    std::size_t invoice_bytes_ = 0;
    std::optional<Position> position_;
};

}  // namespace quipu::projections
