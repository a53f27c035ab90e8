// Effects as outbox rows, so that one that was not delivered before a crash is delivered after it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "projections/fold.h"

namespace quipu::projections {

[[nodiscard]] std::string encode_effect(const Effect& effect);
[[nodiscard]] base::Result<Effect> decode_effect(std::string_view bytes);
// `offset(8) | number within the record(4)`
[[nodiscard]] std::string outbox_key(ledger::Offset offset, std::uint32_t number);

}  // namespace quipu::projections
