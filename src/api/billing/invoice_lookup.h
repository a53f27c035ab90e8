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

// `inv_<rest of the customer's id>_<sequence>`, as the ledger makes them.
struct InvoiceName {
    std::string customer;  // cus_…
    std::uint32_t sequence = 0;
};
[[nodiscard]] std::optional<InvoiceName> parse_invoice_id(std::string_view id);

// The customer whose invoice this would be. Error code: `invoice_not_found`.
[[nodiscard]] base::Result<const ledger::Customer*> customer_of_invoice(
    ApiLedger& ledger, std::string_view organisation, std::string_view id);
// Error codes: `invoice_not_found`, those of the state.
[[nodiscard]] base::Result<ledger::Invoice> find_invoice(ApiLedger& ledger,
                                                         std::string_view organisation,
                                                         std::string_view id);

}  // namespace quipu::api
