// Answers to refusals and failures; codes and statuses are in base/error_code.h.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/http_server.h"
#include "ledger/outcome.h"

namespace quipu::api {

// Outside check and track, whose refusals are answers (usage_status).
[[nodiscard]] int status_of(ledger::Code code);
// Of an answer to track; check's answers are always 200 but for numbers out of range.
[[nodiscard]] int usage_status(ledger::Code code);

// With the status of its code, and when to come again where that is 503.
[[nodiscard]] http::HttpResponse response_of(const base::Error& error);
[[nodiscard]] http::HttpResponse response_of(const ledger::Rejection& rejection);

// `Invalid <field>: <reason>`, code `validation_error`.
[[nodiscard]] base::Error invalid(std::string_view field, std::string_view reason);
// Too many long readings of the ledger at once.
[[nodiscard]] base::Error history_busy();
[[nodiscard]] base::Error customer_not_found(std::string_view reference);
// The same error, but an unknown customer is just `Customer not found`: the sentence of all routes
// but check, track, attach and addon.
[[nodiscard]] base::Error short_of(const base::Error& error);

}  // namespace quipu::api
