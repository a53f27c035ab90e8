// Where two states of one partition part: the first table and key, in words.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "projections/store/state_store.h"

namespace quipu::cli {

// Of the rows, the seen ids within the dedupe window and the position; the outbox is left out, as
// it is in digests. nullopt: none. `live` and `replayed` name the two in the sentence.
[[nodiscard]] base::Result<std::optional<std::string>> find_difference(
    projections::StateStore& live, projections::StateStore& replayed);

}  // namespace quipu::cli
