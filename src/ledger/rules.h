// The version of the rules that a partition is folded under.
//
// A log outlives the program: what was recorded under one version is folded by it for ever. A rule
// that changes asks `book.rules() >= N` (docs/log-format.md#rules-versions); AdoptRules is the
// barrier in each partition from which N holds.
#pragma once

#include <cstdint>

namespace quipu::ledger {

using RulesVersion = std::uint32_t;  // from 1

// The newest that this program knows, and the one that its server adopts.
inline constexpr RulesVersion kNewestRules = 1;

}  // namespace quipu::ledger
