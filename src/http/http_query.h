// Reads percent-encoded parts of a path, query or form.
//
// Boost.URL does it, but for what RFC 3986 refuses and browsers and forms send all the same: other
// characters are taken as they are, and so is a broken escape.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::http {

// Decodes %XX. The result is any bytes, not checked to be UTF-8.
[[nodiscard]] std::string percent_decode(std::string_view text);

// The decoded value of the first parameter of that name in "a=1&b=2", + meaning a space; nothing
// when it is not there. `name`, which is not empty, is compared undecoded.
[[nodiscard]] std::optional<std::string> query_value(std::string_view query, std::string_view name);

// The names of the parameters in order, undecoded, views into `query`; one that is empty is none.
[[nodiscard]] std::vector<std::string_view> query_names(std::string_view query);

}  // namespace quipu::http
