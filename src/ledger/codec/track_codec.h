// The hot path of decoding: a Track record as nearly all are, read from its wire bytes without a
// message object in between.
#pragma once

#include <string_view>

#include "ledger/command.h"

namespace quipu::ledger::codec {

// Fills `record`, which must be new, and answers true only where the schema's own parser would give
// the same value. Answers false for anything unusual (another command, an unknown or repeated
// field, a number that does not fit): then `record` is worth nothing and the parser has to decide.
// Texts and ranges are left to problem_of.
[[nodiscard]] bool read_plain_track(std::string_view bytes, CommandRecord& record);

}  // namespace quipu::ledger::codec
