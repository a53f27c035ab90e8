// Invoices and unbilled usage as the API shows them (docs/contract/invoices.md#shape).
#pragma once

#include <string_view>

#include "base/json_writer.h"
#include "ledger/invoice.h"
#include "ledger/invoicing/invoices.h"

namespace quipu::api {

// One object.
void write_invoice_line(base::JsonWriter& json, const ledger::Invoice& invoice, std::size_t index);
// One object.
void write_invoice(base::JsonWriter& json, const ledger::Invoice& invoice);

// Usage that no invoice has billed, as of `now`: members of an object that the caller has opened.
void write_unbilled(base::JsonWriter& json, const ledger::Account& account,
                    const ledger::CatalogBook& book, base::Instant now);

}  // namespace quipu::api
