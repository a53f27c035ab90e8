#include "base/json_text.h"

#include <simdjson.h>

#include <algorithm>
#include <vector>

#include "base/json_token.h"

namespace quipu::base {

namespace ondemand = simdjson::ondemand;

namespace {

// Reads every token of a text whose quotes, control characters and UTF-8 simdjson has looked at.
class Syntax {
public:
    explicit Syntax(bool has_escapes) : has_escapes_(has_escapes) {}

    bool object(ondemand::object members, std::size_t depth) {
        for (auto each : members) {
            ondemand::field member;
            if (std::move(each).get(member) != simdjson::SUCCESS) return false;
            if (has_escapes_ && member.unescaped_key().error() != simdjson::SUCCESS) return false;
            if (!valid(member.value(), depth + 1)) return false;
        }
        return true;
    }

private:
    bool array(ondemand::array elements, std::size_t depth) {
        for (auto each : elements) {
            ondemand::value element;
            if (std::move(each).get(element) != simdjson::SUCCESS) return false;
            if (!valid(element, depth + 1)) return false;
        }
        return true;
    }

    // Read in any case: simdjson skips an unread one together with a colon behind it.
    bool string(ondemand::value& value) const {
        if (has_escapes_) return value.get_string().error() == simdjson::SUCCESS;
        return value.get_raw_json_string().error() == simdjson::SUCCESS;
    }

    // Other scalars, read by their token only, are skipped by simdjson's iteration.
    bool valid(ondemand::value& value, std::size_t depth) {
        if (depth > kMaxJsonDepth) return false;
        const std::string_view token = value.raw_json_token();
        switch (token.front()) {
            case '{': {
                ondemand::object members;
                return value.get_object().get(members) == simdjson::SUCCESS &&
                       object(members, depth);
            }
            case '[': {
                ondemand::array elements;
                return value.get_array().get(elements) == simdjson::SUCCESS &&
                       array(elements, depth);
            }
            case '"':
                return string(value);
            case 't':
                return trim_token(token) == "true";
            case 'f':
                return trim_token(token) == "false";
            case 'n':
                return trim_token(token) == "null";
            default:
                return is_json_number(trim_token(token));
        }
    }

    const bool has_escapes_;  // without any, no string has to be unescaped
};

struct Member {
    std::string_view name;  // with its quotes
    std::string_view value;
};

// simdjson has a member's name without its end: that is the last quote before the value.
Member member_of(ondemand::field& field) {
    const char* const name = field.key().raw() - 1;
    const char* const value = field.value().raw_json_token().data();
    const std::string_view before_value(name, static_cast<std::size_t>(value - name));
    Member member{before_value.substr(0, before_value.rfind('"') + 1), {}};
    std::string_view text;
    if (simdjson::to_json_string(field.value()).get(text) == simdjson::SUCCESS)
        member.value = trim_token(text);
    return member;
}

// Calls `with` for every member, which is a view of `text`.
void for_each_member(const simdjson::padded_string& text, const auto& with) {
    ondemand::parser parser;
    ondemand::document document;
    ondemand::object members;
    if (parser.iterate(text).get(document) != simdjson::SUCCESS) return;
    if (document.get_object().get(members) != simdjson::SUCCESS) return;
    for (auto each : members) {
        ondemand::field field;
        if (std::move(each).get(field) != simdjson::SUCCESS) return;
        with(member_of(field));
    }
}

}  // namespace

bool is_utf8(std::string_view text) {
    return simdjson::validate_utf8(text);
}

bool is_json_object(std::string_view text) {
    static thread_local ondemand::parser parser;
    static thread_local std::vector<char> padded;
    const std::size_t padded_size = text.size() + simdjson::SIMDJSON_PADDING;
    if (padded.size() < padded_size) padded.resize(padded_size);
    // simdjson may look at what stands behind an object that does not end: not an earlier text.
    *std::copy(text.begin(), text.end(), padded.begin()) = '\0';
    ondemand::document document;
    ondemand::object members;
    const simdjson::padded_string_view view(padded.data(), text.size(), padded.size());
    if (parser.iterate(view).get(document) != simdjson::SUCCESS) return false;
    if (document.get_object().get(members) != simdjson::SUCCESS) return false;
    const bool has_escapes = text.find('\\') != std::string_view::npos;
    return Syntax(has_escapes).object(members, 1) &&
           document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

std::string merge_json_objects(std::string_view stored, std::string_view update) {
    if (trim_token(update).empty()) return std::string(stored);
    const simdjson::padded_string stored_text(stored);
    const simdjson::padded_string update_text(update);
    std::vector<Member> merged;
    for_each_member(stored_text, [&](const Member& member) { merged.push_back(member); });
    for_each_member(update_text, [&](const Member& member) {
        const auto known = std::ranges::find(merged, member.name, &Member::name);
        if (known == merged.end()) {
            merged.push_back(member);
        } else {
            known->value = member.value;
        }
    });
    std::string text = "{";
    for (const Member& member : merged) {
        if (text.size() > 1) text += ',';
        text.append(member.name).append(":").append(member.value);
    }
    return text + "}";
}

}  // namespace quipu::base
