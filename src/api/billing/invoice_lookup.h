// Invoices by id, whatever route names them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/request/directory.h"
#include "base/result.h"
#include "ledger/invoice.h"

namespace quipu::api {

// The sequence in `inv_<rest of the customer's id>_<sequence>`, as the ledger makes them.
[[nodiscard]] std::optional<std::uint32_t> invoice_sequence(std::string_view id);

// The customer whose invoice this would be. Error code: `invoice_not_found`.
[[nodiscard]] base::Result<const ledger::Customer*> customer_of_invoice(
    Directory& directory, std::string_view organisation, std::string_view id);
// Error codes: `invoice_not_found`, those of the state.
[[nodiscard]] base::Result<ledger::Invoice> find_invoice(Directory& directory,
                                                         std::string_view organisation,
                                                         std::string_view id);

}  // namespace quipu::api
