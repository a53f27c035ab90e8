// Values of the ledger as every answer writes them.
#pragma once

#include <optional>
#include <string>

#include "base/decimal.h"
#include "base/instant.h"
#include "base/json_writer.h"
#include "ingest/gateway.h"

namespace quipu::api {

// eventId, duplicate and position: what every write answers with.
void write_receipt(base::JsonWriter& json, const ingest::Reply& reply);

void write_quantity(base::JsonWriter& json, base::Quantity value);
void write_quantity(base::JsonWriter& json, const std::optional<base::Quantity>& value);
void write_price(base::JsonWriter& json, base::UnitPrice value);
void write_instant(base::JsonWriter& json, const std::optional<base::Instant>& at);  // ISO, or null
void write_text(base::JsonWriter& json, const std::optional<std::string>& text);     // or null

}  // namespace quipu::api
