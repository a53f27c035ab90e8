// How a stored record becomes a command: protobuf or CloudEvents, by its content type.
#pragma once

#include <functional>

#include "base/result.h"
#include "ledger/command.h"
#include "ledger/log/log.h"

namespace quipu::ingest {

// Reuses its memory from call to call: one per thread. Errors have the codes of the decoder that
// was chosen.
[[nodiscard]] std::function<base::Result<ledger::CommandRecord>(const ledger::StoredRecord&)>
record_decoder();

}  // namespace quipu::ingest
