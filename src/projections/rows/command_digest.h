// What a record asks, as one number.
#pragma once

#include <cstdint>

#include "ledger/command.h"

namespace quipu::projections {

// Identifies what was asked, whoever asked it: the same id with another content is a conflict.
[[nodiscard]] std::uint64_t content_digest(const ledger::CommandRecord& record);

}  // namespace quipu::projections
