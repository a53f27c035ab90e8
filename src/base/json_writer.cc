#include "base/json_writer.h"

#include <array>
#include <charconv>
#include <cstddef>

namespace quipu::base {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

constexpr std::array<bool, 256> make_plain() {
    std::array<bool, 256> plain{};
    for (int byte = 0x20; byte < 0x80; ++byte) plain[static_cast<std::size_t>(byte)] = true;
    plain['"'] = false;
    plain['\\'] = false;
    return plain;
}
constexpr std::array<bool, 256> kPlain = make_plain();

unsigned char byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

// The length of the UTF-8 sequence at the start of `text`, or 0 when that is not one (table 3-7 of
// the Unicode standard: no overlong form, surrogate or value above U+10FFFF).
std::size_t sequence_length(std::string_view text) {
    const unsigned char lead = byte_at(text, 0);
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        if (lead == 0xE0) low = 0xA0;
        if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F;
    }
    if (length == 0 || text.size() < length) return 0;
    if (byte_at(text, 1) < low || byte_at(text, 1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if ((byte_at(text, i) & 0xC0) != 0x80) return 0;
    }
    return length;
}

void append_escape(std::string& out, unsigned char byte) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (byte) {
        case '"':
            out.append("\\\"");
            return;
        case '\\':
            out.append("\\\\");
            return;
        case '\n':
            out.append("\\n");
            return;
        case '\r':
            out.append("\\r");
            return;
        case '\t':
            out.append("\\t");
            return;
        default:
            break;
    }
    out.append("\\u00");
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 0xF]);
}

// Appends what stands at the start of `text`, which is not plain; returns how many bytes that was.
std::size_t append_special(std::string& out, std::string_view text) {
    const unsigned char byte = byte_at(text, 0);
    if (byte < 0x80) {
        append_escape(out, byte);
        return 1;
    }
    const std::size_t length = sequence_length(text);
    out.append(length == 0 ? kReplacement : text.substr(0, length));
    return length == 0 ? 1 : length;
}

void append_quoted(std::string& out, std::string_view text) {
    out.push_back('"');
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t start = at;
        while (at < text.size() && kPlain[byte_at(text, at)]) ++at;
        out.append(text.substr(start, at - start));
        if (at < text.size()) at += append_special(out, text.substr(at));
    }
    out.push_back('"');
}

}  // namespace

JsonWriter& JsonWriter::open(char bracket) {
    separate();
    out_.push_back(bracket);
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    out_.push_back(bracket);
    comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    append_quoted(out_, name);
    out_.push_back(':');
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
    separate();
    append_quoted(out_, text);
    return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
    separate();
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out_.append(digits.data(), end.ptr);
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view text) {
    separate();
    out_.append(text);
    return *this;
}

}  // namespace quipu::base
