// A ledger's worth of records for the benchmarks: one organisation, a metered plan, many customers,
// distinct usage events.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/command.h"
#include "ledger/log/log.h"

namespace quipu::bench {

struct LoadOptions {
    std::uint32_t customers = 1'000;
    std::uint64_t events = 1'000'000;
};

inline constexpr const char* kOrganisation = "bench";

// Genesis, catalog, one account each with an attached plan: what has to be folded before usage.
[[nodiscard]] std::vector<ledger::CommandRecord> setup_records(const LoadOptions& options);
// The nth usage event, for customer n mod customers in a scattered order.
[[nodiscard]] ledger::CommandRecord usage_record(const LoadOptions& options, std::uint64_t n);
[[nodiscard]] ledger::StoredRecord stored(const ledger::CommandRecord& record,
                                          ledger::Offset offset);

// Appends all of it to the first account partition and waits until it is durable.
void fill(ledger::Log& log, const LoadOptions& options);

// How long reading that partition up to `end` takes, and nothing else: the ceiling of every fold.
[[nodiscard]] double read_seconds(ledger::Log& log, ledger::Offset end);

// User and system time of this thread / process, in seconds.
[[nodiscard]] double thread_cpu_seconds();
[[nodiscard]] double process_cpu_seconds();
[[nodiscard]] double wall_seconds();

}  // namespace quipu::bench
