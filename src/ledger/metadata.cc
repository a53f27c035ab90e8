#include "ledger/metadata.h"

#include <algorithm>
#include <vector>

namespace quipu::ledger {
namespace {

struct Member {
    std::string_view name;  // with its quotes
    std::string_view value;
};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// One past the end of the string that opens at `at`.
std::size_t string_end(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            return at + 1;
        }
    }
    return text.size();
}

// The next `stop` outside of strings and nested values, or the end.
std::size_t find_outside(std::string_view text, std::size_t at, char stop) {
    int depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (depth == 0 && c == stop) return at;
        if (c == '"') {
            at = string_end(text, at);
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        ++at;
    }
    return text.size();
}

std::vector<Member> members_of(std::string_view object) {
    std::vector<Member> members;
    object = trimmed(object);
    if (object.size() < 2) return members;
    std::string_view rest = trimmed(object.substr(1, object.size() - 2));
    while (!rest.empty()) {
        const std::size_t end = find_outside(rest, 0, ',');
        const std::string_view member = rest.substr(0, end);
        const std::size_t colon = find_outside(member, 0, ':');
        if (colon == member.size()) return members;
        members.push_back({trimmed(member.substr(0, colon)), trimmed(member.substr(colon + 1))});
        rest = end < rest.size() ? rest.substr(end + 1) : std::string_view();
    }
    return members;
}

}  // namespace

std::string merge_metadata(std::string_view stored, std::string_view update) {
    if (trimmed(update).empty()) return std::string(stored);
    std::vector<Member> merged = members_of(stored);
    for (const Member& member : members_of(update)) {
        const auto known = std::ranges::find(merged, member.name, &Member::name);
        if (known == merged.end()) {
            merged.push_back(member);
        } else {
            known->value = member.value;
        }
    }
    std::string text = "{";
    for (const Member& member : merged) {
        if (text.size() > 1) text += ',';
        text.append(member.name).append(":").append(member.value);
    }
    return text + "}";
}

}  // namespace quipu::ledger
