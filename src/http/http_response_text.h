// Writes the bytes of an answer: head and body in one piece.
#pragma once

#include <string>
#include <string_view>

#include "http/http_exchange.h"

namespace quipu::http {

// Appends the answer of `exchange`. `date` is the whole Date header line.
void append_response(std::string& out, const HttpExchange& exchange, std::string_view date);

// The Date header line of this second of the wall clock (seconds since 1970).
[[nodiscard]] std::string date_line(std::int64_t unix_seconds);

}  // namespace quipu::http
