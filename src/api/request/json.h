// Values of the ledger as every answer writes them.
#pragma once

#include <optional>
#include <string>

#include "base/decimal.h"
#include "base/instant.h"
#include "base/json_writer.h"
#include "ingest/gateway.h"

namespace quipu::server {

// eventId, duplicate and position: what every write answers with.
void write_receipt(JsonWriter& json, const ingest::Reply& reply);

void write_quantity(JsonWriter& json, base::Quantity value);
void write_quantity(JsonWriter& json, const std::optional<base::Quantity>& value);
void write_price(JsonWriter& json, base::UnitPrice value);
void write_instant(JsonWriter& json, const std::optional<base::Instant>& at);  // ISO, or null
void write_text(JsonWriter& json, const std::optional<std::string>& text);     // or null

}  // namespace quipu::server
