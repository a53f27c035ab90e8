// The bytes of a catalog version: ledger::Catalog <-> quipu.v1.Catalog
// (schemas/quipu/v1/catalog.proto).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/catalog.h"

namespace quipu::ledger {

[[nodiscard]] std::string encode_catalog(const Catalog& catalog);
// Error codes as in command_codec.h, without those of problem_of.
[[nodiscard]] base::Result<Catalog> decode_catalog(std::string_view bytes);

}  // namespace quipu::ledger
