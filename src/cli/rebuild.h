// Rebuilds state from a log: what `replay` and `verify` share.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "ledger/log/log.h"

namespace quipu::cli {

struct RebuildProgress {
    std::uint64_t done = 0;   // records folded
    std::uint64_t total = 0;  // records to fold
};

// Folds every partition of `ends` from its first record up to exactly that offset into a folder of
// its own below `folder`, two partitions at a time. `progress` is called from the calling thread,
// several times a second. Error codes: those of the log and of the store; `log_unavailable` when
// records stop coming.
[[nodiscard]] base::Result<void> rebuild(
    ledger::Log& log, const std::string& folder,
    const std::map<ledger::Partition, ledger::Offset>& ends,
    const std::function<void(const RebuildProgress&)>& progress);

}  // namespace quipu::cli
