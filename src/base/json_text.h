// JSON text that is kept as it came: is it UTF-8, is it one object, and two objects merged.
//
// No value is turned into another form: numbers of any size and escapes stay as they were written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quipu::base {

// No surrogates and no overlong forms; NUL is a character like any other.
[[nodiscard]] bool is_utf8(std::string_view text);

// Values inside each other, scalars and the object itself among them.
inline constexpr std::size_t kMaxJsonDepth = 32;

// Exactly one JSON object (RFC 8259) in UTF-8, so also without NUL, at most kMaxJsonDepth deep. The
// same name may stand in it twice. Meant for texts of a few kilobytes: each thread keeps a
// buffer of the longest it has seen, and allocates for no other.
[[nodiscard]] bool is_json_object(std::string_view text);

// Members of `update` replace those of `stored` with the same name (byte for byte), new ones
// follow. Both are objects as is_json_object has them, or "". Texts of values are kept.
[[nodiscard]] std::string merge_json_objects(std::string_view stored, std::string_view update);

}  // namespace quipu::base
