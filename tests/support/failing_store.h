// A store in memory whose disk can be taken away.
#pragma once

#include <string>
#include <utility>

#include "projections/store/memory_store.h"

namespace quipu::testing {

class FailingStore final : public projections::StateStore {
public:
    void fail(bool failing) { failing_ = failing; }

    base::Result<void> write(projections::WriteSet set) override {
        if (failing_) return gone();
        return store_.write(std::move(set));
    }
    base::Result<std::optional<projections::Position>> position() override {
        if (failing_) return gone();
        return store_.position();
    }
    base::Result<std::optional<std::string>> get(projections::Table table,
                                                 std::string_view key) override {
        if (failing_) return gone();
        return store_.get(table, key);
    }
    base::Result<void> scan_from(projections::Table table, std::string_view prefix,
                                 std::string_view first_key, const Visit& visit) override {
        if (failing_) return gone();
        return store_.scan_from(table, prefix, first_key, visit);
    }
    base::Result<void> scan_back(projections::Table table, std::string_view prefix,
                                 std::string_view before_key, const Visit& visit) override {
        if (failing_) return gone();
        return store_.scan_back(table, prefix, before_key, visit);
    }
    base::Result<std::optional<projections::SeenEvent>> find_seen(
        const base::Fingerprint& id, base::Instant not_before, base::Instant not_after) override {
        if (failing_) return gone();
        return store_.find_seen(id, not_before, not_after);
    }
    base::Result<void> scan_seen(base::Instant not_before, const VisitSeen& visit) override {
        if (failing_) return gone();
        return store_.scan_seen(not_before, visit);
    }
    base::Result<void> forget_seen(base::Instant before) override {
        if (failing_) return gone();
        return store_.forget_seen(before);
    }
    base::Result<std::string> digest(base::Instant seen_not_before) override {
        if (failing_) return gone();
        return store_.digest(seen_not_before);
    }
    base::Result<void> checkpoint(const std::string& folder) override {
        return store_.checkpoint(folder);
    }

private:
    static tl::unexpected<base::Error> gone() {
        return base::fail("state_unavailable", "The disk is gone.");
    }

    projections::MemoryStore store_;
    bool failing_ = false;
};

}  // namespace quipu::testing
