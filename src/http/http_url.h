// The parts of an absolute http or https URL, as an outbound request needs them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace quipu::http {

struct HttpUrl {
    bool tls = false;
    std::string host;  // a name in lower case, or a numeric address without brackets
    std::uint16_t port = 0;
    std::string authority;  // for the Host header: the port only when it is not the scheme's
    std::string target;     // path and query, at least "/"; never a fragment

    friend bool operator==(const HttpUrl&, const HttpUrl&) = default;
};

inline constexpr std::size_t kMaxUrlBytes = 2048;

// Strict RFC 3986: no spaces, no control characters, no user name. Code: `url_invalid`.
[[nodiscard]] base::Result<HttpUrl> parse_http_url(std::string_view text);

// The URL with more parameters ("a=1&b=2", encoded) behind those it has. `url` is one that
// parse_http_url takes; any other stays as it is.
[[nodiscard]] std::string with_parameters(std::string_view url, std::string_view parameters);

}  // namespace quipu::http
