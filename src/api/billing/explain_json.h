// An explained invoice as the API shows it (docs/explaining-an-invoice.md).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "api/billing/invoice_explainer.h"
#include "base/json_writer.h"
#include "ledger/entry.h"

namespace quipu::api {

// Makes the text that a client brings back for the events of a line from that place on.
using WriteCursor = std::function<std::string(std::size_t line, const ledger::LineCursor& at)>;

// Members of an object that the caller has opened. `issued_by` is the entry of the command that
// made the invoice; none where time did.
void write_explanation(base::JsonWriter& json, const InvoiceExplainer& explained,
                       const std::optional<ledger::Entry>& issued_by, const WriteCursor& cursor);

// A further page of one line: its events, or its seats.
void write_explanation_page(base::JsonWriter& json, const InvoiceExplainer& explained,
                            const WriteCursor& cursor);

// What the cursor of a line's seats begins with.
inline constexpr std::string_view kSeatCursor = "seat:";

}  // namespace quipu::api
