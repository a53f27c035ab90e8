// Invoices and unbilled usage as the API shows them (reference 17, contract section A).
#pragma once

#include <string_view>

#include "base/json_writer.h"
#include "ledger/invoice.h"
#include "ledger/invoicing/invoices.h"

namespace quipu::server {

// One object.
void write_invoice_line(JsonWriter& json, const ledger::Invoice& invoice, std::size_t index);
// One object.
void write_invoice(JsonWriter& json, const ledger::Invoice& invoice);

// Usage that no invoice has billed, as of `now`: members of an object that the caller has opened.
void write_unbilled(JsonWriter& json, const ledger::Account& account,
                    const ledger::CatalogBook& book, base::Instant now);

}  // namespace quipu::server
