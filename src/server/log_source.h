// Which log a command works on, and how it is opened.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "ledger/log/clock.h"
#include "ledger/log/log.h"

namespace quipu::server {

// Kafka when `brokers` is not empty, else the embedded log below `data`.
struct LogSource {
    std::string data;
    std::string brokers;
    std::string prefix = "quipu";
};

// The log of a ledger that exists, for reading: the embedded one as it is at this moment, also
// beside a running server. Error codes: those of the adapters; `log_missing`.
[[nodiscard]] base::Result<std::unique_ptr<ledger::Log>> open_for_reading(const LogSource& source);

// What is known of a log before it is opened for writing.
struct ExistingLog {
    std::optional<std::uint32_t> partitions;  // none: there is no ledger yet
    base::Instant last_recorded_at;           // of an embedded log with records, else the epoch
};
[[nodiscard]] base::Result<ExistingLog> look_at(const LogSource& source);

// Makes the log when there is none. `clock` stamps an embedded log's records. Error codes: those of
// the adapters.
[[nodiscard]] base::Result<std::unique_ptr<ledger::Log>> open_for_writing(const LogSource& source,
                                                                          std::uint32_t partitions,
                                                                          ledger::Clock& clock);

// The partitions that are folded: control first, then the account partitions.
[[nodiscard]] std::vector<ledger::Partition> folded_partitions(const ledger::Log& log);

}  // namespace quipu::server
