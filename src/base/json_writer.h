// Appends JSON text to a string: commas and escapes are kept here, the nesting by the caller.
//
// There are no doubles: numbers are int64 or text that already is a JSON number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::base {

class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}  // `out` outlives the writer

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }

    JsonWriter& key(std::string_view name);

    // Any bytes: control characters are escaped, each invalid UTF-8 byte becomes U+FFFD.
    JsonWriter& string(std::string_view text);
    JsonWriter& integer(std::int64_t value);
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& null() { return raw("null"); }
    // `text` must be a JSON number; it is written as it is.
    JsonWriter& number(std::string_view text) { return raw(text); }
    // `text` must be one JSON value; it is written as it is.
    JsonWriter& raw(std::string_view text);

private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void separate() {
        if (comma_) out_.push_back(',');
        comma_ = true;
    }

    std::string& out_;
    bool comma_ = false;  // something stands before the next value or key on this level
};

}  // namespace quipu::base
