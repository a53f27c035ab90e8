// What a recorded log comes to when it is folded as the server folds it, as lines of text: what the
// file digest.txt beside it holds.
//
// One value per line, its name before the last tab:
//   state PARTITION      next offset and SHA-256, as `quipu digest` and `quipu replay` print them
//   table PARTITION NAME rows and SHA-256 of a table that has any, to see where two states differ
//   answers PARTITION    number and SHA-256 of all answers in order, each with its offset
//   effects PARTITION    number and SHA-256 of all effects in order, and of those of each kind
//   records NUMBER NAME  how many records carry this kind of command (command_counts.h)
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "golden/recorded_log.h"

namespace quipu::recorded {

using LogDigests = std::map<std::string, std::string, std::less<>>;  // value by name

// Folds every partition from its first record to its last, on an empty store in memory. With more
// than one life the fold is dropped as often and made again from the rows that it had written; that
// changes nothing.
[[nodiscard]] base::Result<LogDigests> digests_of(const RecordedLog& log, int lives = 1);

[[nodiscard]] std::string to_text(const LogDigests& digests);
[[nodiscard]] LogDigests from_text(std::string_view text);

}  // namespace quipu::recorded
