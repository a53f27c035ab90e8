// How partitions are called on the command line, in folders and in output: `control`, `events-0`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ledger/log/log.h"

namespace quipu::cli {

[[nodiscard]] std::string partition_name(ledger::Partition partition);
// `control`, `invoices`, `deadletter`, `notifications` and `events-N`; nullopt for anything else.
[[nodiscard]] std::optional<ledger::Partition> parse_partition(std::string_view name);

}  // namespace quipu::cli
