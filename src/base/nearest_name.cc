#include "base/nearest_name.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace quipu::base {
namespace {

constexpr std::size_t kLongestName = 40;   // what is longer is no misspelling of ours
constexpr std::size_t kLongestShown = 80;  // bytes
constexpr std::size_t kLettersOfOneChange = 5;
constexpr std::size_t kMostChanges = 3;

using Row = std::array<std::size_t, kLongestName + 1>;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(char a, char b) {
    return lower(a) == lower(b);
}

// Letters added, taken out, exchanged, or swapped with their neighbour. Neither is too long.
std::size_t changes_between(std::string_view a, std::string_view b) {
    Row before_last{};
    Row last{};
    Row row{};
    for (std::size_t j = 0; j <= b.size(); ++j) last.at(j) = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row.at(0) = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t kept = last.at(j - 1) + (same(a[i - 1], b[j - 1]) ? 0 : 1);
            row.at(j) = std::min({kept, last.at(j) + 1, row.at(j - 1) + 1});
            const bool swapped =
                i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
            if (swapped) row.at(j) = std::min(row.at(j), before_last.at(j - 2) + 1);
        }
        before_last = last;
        last = row;
    }
    return last.at(b.size());
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
    if (name.size() > kLongestName) return {};
    std::size_t fewest =
        std::min(kMostChanges, (name.size() + kLettersOfOneChange - 1) / kLettersOfOneChange);
    std::string_view nearest;
    for (const std::string_view each : known) {
        if (each.size() > kLongestName) continue;
        const std::size_t changes = changes_between(name, each);
        if (changes > fewest || (changes == fewest && !nearest.empty())) continue;
        fewest = changes;
        nearest = each;
    }
    return nearest;
}

std::string did_you_mean(std::string_view name, std::span<const std::string_view> known) {
    const std::string_view nearest = nearest_name(name, known);
    if (nearest.empty()) return {};
    return " Did you mean '" + std::string(nearest) + "'?";
}

std::string shown_name(std::string_view name) {
    if (name.size() <= kLongestShown) return std::string(name);
    std::size_t end = kLongestShown;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
    return std::string(name.substr(0, end)) + "…";
}

}  // namespace quipu::base
