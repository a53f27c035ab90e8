// The answer to check and track in the words and shape of the contract.
#pragma once

#include <string>

#include "base/json_writer.h"
#include "http/http_server.h"
#include "ingest/gateway.h"
#include "ledger/outcome.h"
#include "ledger/terms.h"

namespace quipu::api {

// In whose words the answer is given.
enum class UsageWords : std::uint8_t { Check, CheckAndRecord, Track };

[[nodiscard]] bool is_allowed(ledger::Code code);

// Members of an object that the caller has opened. `book` explains plan and prices.
void write_usage(base::JsonWriter& json, const ledger::UsageAnswer& answer,
                 const ledger::CatalogBook& book, UsageWords words);
// usage, limit, balance, overageUnits, resetsAt, resetInterval, windowStart and credits alone.
void write_usage_numbers(base::JsonWriter& json, const ledger::UsageAnswer& answer,
                         const ledger::CatalogBook& book);

// A denial before any meter was found: nulls and a message.
[[nodiscard]] ledger::UsageAnswer denial(ledger::Code code, std::string message);

// The whole answer of one call. `reply` is null when nothing was recorded.
[[nodiscard]] http::HttpResponse usage_response(const ledger::UsageAnswer& answer,
                                                const ledger::CatalogBook& book, UsageWords words,
                                                const ingest::Reply* reply);

// The answer to a check as of an instant of the past: `asOf` says which.
[[nodiscard]] http::HttpResponse past_usage_response(const ledger::UsageAnswer& answer,
                                                     const ledger::CatalogBook& book,
                                                     base::Instant as_of);

}  // namespace quipu::api
