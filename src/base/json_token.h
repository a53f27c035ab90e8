// What simdjson's forward-only parser leaves unchecked: a scalar's token as it stands in the text.
#pragma once

#include <string_view>

namespace quipu::base {

// Drops the space behind a token, which simdjson counts to it.
inline std::string_view trim_token(std::string_view token) {
    const auto last = token.find_last_not_of(" \t\n\r");
    return token.substr(0, last + 1);
}

// Drops the digits at the front; false when there are none.
inline bool skip_digits(std::string_view& text) {
    const std::size_t before = text.size();
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
    return text.size() < before;
}

inline bool skip_char(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

// RFC 8259, section 6: a number of any size.
inline bool is_json_number(std::string_view text) {
    skip_char(text, '-');
    if (!skip_char(text, '0') && !skip_digits(text)) return false;
    if (skip_char(text, '.') && !skip_digits(text)) return false;
    if (skip_char(text, 'e') || skip_char(text, 'E')) {
        if (!skip_char(text, '+')) skip_char(text, '-');
        if (!skip_digits(text)) return false;
    }
    return text.empty();
}

}  // namespace quipu::base
