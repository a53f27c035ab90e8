// Runs a stream through the ledger and the judge in step, and says where they differ.
#pragma once

#include <optional>
#include <string>

#include "judge/streams.h"

namespace quipu::judge {

struct Difference {
    std::string kind;  // what differs: "answer", "invoices", "unbilled", "check api"
    std::size_t step = 0;
    std::string judge;
    std::string product;
};

// The first, or nothing.
[[nodiscard]] std::optional<Difference> first_difference(const Stream& stream);

// The same stream with every fact left out that the difference does not need.
[[nodiscard]] Stream shrunken(Stream stream, const Difference& difference);

// Seed, topics, the command that repeats it, the shrunken stream and what both said.
[[nodiscard]] std::string report(std::uint64_t seed, Topics topics);

}  // namespace quipu::judge
