// The error codes of the log port, spelled once.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace quipu::ledger {

inline constexpr base::ErrorCode kLogOverloaded = "log_overloaded";  // not written; try later
inline constexpr base::ErrorCode kLogUnavailable =
    "log_unavailable";  // not written, or not readable now
inline constexpr base::ErrorCode kOutcomeUnknown = "outcome_unknown";  // may have been written
inline constexpr base::ErrorCode kLogTruncated = "log_truncated";      // the wanted offset is gone
inline constexpr base::ErrorCode kLogDamaged = "log_damaged";  // stored bytes fail their checksum
inline constexpr base::ErrorCode kLogLocked = "log_locked";    // another process has it open
inline constexpr base::ErrorCode kLogMissing = "log_missing";  // there is no log at that place
inline constexpr base::ErrorCode kPartitionsDiffer =
    "log_partitions_differ";  // made with another count
inline constexpr base::ErrorCode kLogMisconfigured =
    "log_misconfigured";  // settings forbid a ledger

[[nodiscard]] inline base::Error log_error(base::ErrorCode code, std::string message) {
    return base::Error{code, std::move(message)};
}

}  // namespace quipu::ledger
