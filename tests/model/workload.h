// A seeded stream of mixed commands: what a busy back end sends, with its retries, duplicates,
// late events and work that is paid for when it is done. The same seed makes the same stream on
// every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.h"
#include "ledger/command.h"

namespace quipu::testing {

struct WorkloadOptions {
    std::uint64_t seed = 1;
    std::size_t commands = 200;
    std::size_t customers = 1;
    base::Instant start{1'769'853'600'000'000};  // 2026-01-31T10:00:00Z, so that months clamp
    // Out of a hundred commands.
    unsigned duplicates = 4;  // sent again later, unchanged
    unsigned late = 15;       // occurred before they were recorded, up to 45 days
    unsigned jumps = 6;       // preceded by a pause of days to weeks
};

// `record.customer` is the caller's own id, `customer-<n>`. Times never run backwards.
struct WorkloadStep {
    base::Instant now;
    ledger::CommandRecord record;
    bool duplicate = false;  // an earlier step carries the same id and content
};

// Plans `base` and `side` and the add-on `extra`, with every usage and rating model, limits,
// windows and overage rules; a credit system with a pack; seats.
[[nodiscard]] ledger::Catalog workload_catalog(std::uint64_t seed);

[[nodiscard]] std::vector<WorkloadStep> make_workload(const WorkloadOptions& options);

}  // namespace quipu::testing
