// The error codes of the log port, spelled once.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace quipu::ledger {

inline constexpr char kLogOverloaded[] = "log_overloaded";    // not written; try later
inline constexpr char kLogUnavailable[] = "log_unavailable";  // not written, or not readable now
inline constexpr char kOutcomeUnknown[] = "outcome_unknown";  // may have been written
inline constexpr char kLogTruncated[] = "log_truncated";      // the wanted offset is gone
inline constexpr char kLogDamaged[] = "log_damaged";          // stored bytes fail their checksum
inline constexpr char kLogLocked[] = "log_locked";            // another process has it open
inline constexpr char kLogMissing[] = "log_missing";          // there is no log at that place
inline constexpr char kPartitionsDiffer[] = "log_partitions_differ";  // made with another count
inline constexpr char kLogMisconfigured[] = "log_misconfigured";      // settings forbid a ledger

[[nodiscard]] inline base::Error log_error(const char* code, std::string message) {
    return base::Error{code, std::move(message)};
}

}  // namespace quipu::ledger
