// Which web pages may call the API: the part of CORS that a server with secret keys needs.
//
// Pages of the listed origins may send every request with a key of their own and read its answer;
// cookies play no part. A page of another origin gets the same answer without the headers, so its
// browser withholds it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace quipu::http {

struct HttpRequest;

// What an answer says of CORS beside its content.
struct CorsAnswer {
    bool varies = false;      // the server has a list, so caches must tell origins apart
    bool preflight = false;   // the browser only asks; no handler is called
    std::string_view origin;  // the page's, when it is on the list; a view into the list
};

// `origins` outlives the answer. An empty list means no CORS at all.
[[nodiscard]] CorsAnswer cors_of(const HttpRequest& request,
                                 const std::vector<std::string>& origins);
// Whole header lines.
void append_cors(std::string& out, const CorsAnswer& answer);

// Origins as browsers send them (`https://app.example.com`, a port where it is not the usual one),
// comma-separated; "" is none. Their form is checked and nothing taken out of them: an origin is
// compared whole. Error code: `origin_malformed`.
[[nodiscard]] base::Result<std::vector<std::string>> parse_origins(std::string_view list);

}  // namespace quipu::http
