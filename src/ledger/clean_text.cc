#include <cstdint>
#include <cstring>

#include "ledger/record_limits.h"

namespace quipu::ledger {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x8080808080808080;

// Eight bytes that are all ASCII and none of them NUL.
bool all_plain(std::uint64_t word) {
    return ((word | (word - kOnes)) & kHighBits) == 0;
}

bool is_plain(std::string_view text) {
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + at, sizeof word);
        if (!all_plain(word)) return false;
    }
    for (; at < text.size(); ++at) {
        if (static_cast<unsigned char>(text[at]) - 1U >= 0x7f) return false;
    }
    return true;
}

struct Lead {
    std::size_t more;     // continuation bytes
    std::uint32_t bits;   // of the lead byte
    std::uint32_t least;  // smaller values have a shorter form
};

bool read_lead(unsigned char byte, Lead& lead) {
    if (byte >= 0xc2 && byte <= 0xdf) return lead = {1, byte & 0x1fU, 0x80}, true;
    if (byte >= 0xe0 && byte <= 0xef) return lead = {2, byte & 0x0fU, 0x800}, true;
    if (byte >= 0xf0 && byte <= 0xf4) return lead = {3, byte & 0x07U, 0x10000}, true;
    return false;
}

// Drops one character of several bytes from the front.
bool take_multibyte(std::string_view& text) {
    Lead lead{};
    if (!read_lead(static_cast<unsigned char>(text.front()), lead)) return false;
    if (text.size() <= lead.more) return false;
    std::uint32_t point = lead.bits;
    for (std::size_t i = 1; i <= lead.more; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0) != 0x80) return false;
        point = (point << 6) | (byte & 0x3f);
    }
    text.remove_prefix(lead.more + 1);
    return point >= lead.least && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

}  // namespace

bool is_clean_text(std::string_view text) {
    if (is_plain(text)) return true;
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        if (byte == 0) return false;
        if (byte < 0x80) {
            text.remove_prefix(1);
        } else if (!take_multibyte(text)) {
            return false;
        }
    }
    return true;
}

}  // namespace quipu::ledger
