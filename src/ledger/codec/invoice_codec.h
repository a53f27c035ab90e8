// The bytes of an invoice event: ledger::Invoice <-> quipu.v1.Invoice
// (schemas/quipu/v1/invoice.proto).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/invoice.h"

namespace quipu::ledger {

[[nodiscard]] std::string encode_invoice(const Invoice& invoice);
// Error codes as in command_codec.h, without those of problem_of.
[[nodiscard]] base::Result<Invoice> decode_invoice(std::string_view bytes);

}  // namespace quipu::ledger
