// How often each kind of command occurs in a recorded log.
#pragma once

#include "golden/log_digests.h"
#include "golden/recorded_log.h"

namespace quipu::recorded {

// `records NUMBER NAME` by number and name in the log's schema: every kind that this version knows,
// also with 0. `records undecodable`: what is put aside as a dead letter.
[[nodiscard]] LogDigests count_commands(const RecordedLog& log);

}  // namespace quipu::recorded
