#include "ledger/metadata.h"

namespace quipu::ledger {
namespace {

constexpr int kMaxDepth = 32;

// Reads the grammar of RFC 8259 from the front of a text; each function drops what it has read.
class JsonSyntax {
public:
    explicit JsonSyntax(std::string_view text) : left_(text) {}

    bool only_object() {
        skip_space();
        if (!object(1)) return false;
        skip_space();
        return left_.empty();
    }

private:
    bool skip(char expected) {
        if (!left_.starts_with(expected)) return false;
        left_.remove_prefix(1);
        return true;
    }
    bool skip(std::string_view expected) {
        if (!left_.starts_with(expected)) return false;
        left_.remove_prefix(expected.size());
        return true;
    }
    void skip_space() {
        const std::size_t at = left_.find_first_not_of(" \t\n\r");
        left_.remove_prefix(at == std::string_view::npos ? left_.size() : at);
    }

    bool value(int depth) {
        if (depth > kMaxDepth || left_.empty()) return false;
        switch (left_.front()) {
            case '{':
                return object(depth);
            case '[':
                return array(depth);
            case '"':
                return string();
            case 't':
                return skip("true");
            case 'f':
                return skip("false");
            case 'n':
                return skip("null");
            default:
                return number();
        }
    }

    bool object(int depth) {
        if (!skip('{')) return false;
        skip_space();
        if (skip('}')) return true;
        do {
            skip_space();
            if (!string()) return false;
            skip_space();
            if (!skip(':')) return false;
            skip_space();
            if (!value(depth + 1)) return false;
            skip_space();
        } while (skip(','));
        return skip('}');
    }

    bool array(int depth) {
        if (!skip('[')) return false;
        skip_space();
        if (skip(']')) return true;
        do {
            skip_space();
            if (!value(depth + 1)) return false;
            skip_space();
        } while (skip(','));
        return skip(']');
    }

    bool string() {
        if (!skip('"')) return false;
        while (!left_.empty()) {
            const auto c = static_cast<unsigned char>(left_.front());
            if (c < 0x20) return false;
            left_.remove_prefix(1);
            if (c == '"') return true;
            if (c == '\\' && !escape()) return false;
        }
        return false;
    }

    bool escape() {
        if (left_.empty()) return false;
        const char c = left_.front();
        left_.remove_prefix(1);
        if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
        const int unit = code_unit();
        if (unit < 0xd800 || unit > 0xdfff) return unit >= 0;
        if (unit > 0xdbff || !skip("\\u")) return false;  // half a character
        const int low = code_unit();
        return low >= 0xdc00 && low <= 0xdfff;
    }

    int code_unit() {
        if (left_.size() < 4) return -1;
        int unit = 0;
        for (const char c : left_.substr(0, 4)) {
            const auto digit =
                std::string_view("0123456789abcdef")
                    .find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
            if (digit == std::string_view::npos) return -1;
            unit = unit * 16 + static_cast<int>(digit);
        }
        left_.remove_prefix(4);
        return unit;
    }

    bool digits() {
        const std::size_t at = left_.find_first_not_of("0123456789");
        const std::size_t count = at == std::string_view::npos ? left_.size() : at;
        left_.remove_prefix(count);
        return count > 0;
    }

    bool number() {
        skip('-');
        if (!skip('0') && !digits()) return false;
        if (skip('.') && !digits()) return false;
        if (!skip('e') && !skip('E')) return true;
        if (!skip('+')) skip('-');
        return digits();
    }

    std::string_view left_;
};

}  // namespace

bool is_json_object(std::string_view text) {
    return JsonSyntax(text).only_object();
}

}  // namespace quipu::ledger
