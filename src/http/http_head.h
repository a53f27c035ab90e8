// The rules a parsed request head must keep before a handler sees it.
//
// The target is cut here and not by Boost.URL: clients send quotes, braces and bars, which RFC 3986
// refuses, and routes want the bytes as they came.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/error_code.h"
#include "http/http_parser.h"
#include "http/http_server.h"

namespace quipu::http {

struct HttpRefusal {
    base::ErrorCode code;
    std::string_view sentence;
    std::string_view allow = {};
    int retry_after_seconds = -1;
};

inline constexpr HttpRefusal kMalformedRequest{"malformed_request",
                                               "The request is not well-formed HTTP/1.1."};

// What a head asks for beyond its own text.
struct HttpAsk {
    HttpRequest request;  // everything but the body
    bool head_only = false;
    bool expects_continue = false;
    std::optional<HttpRefusal> refusal;  // when set, the rest may be incomplete
};

[[nodiscard]] HttpAsk read_head(const HttpHead& head, std::span<const HttpField> fields);

}  // namespace quipu::http
