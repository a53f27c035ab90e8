// Which fields a JSON object may have, and what of a value is none of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_body.h"
#include "base/result.h"

namespace quipu::base {

class JsonShape;

// What becomes of a field. Unused: it may be sent and means nothing. Apart: a list whose items are
// looked at one by one by whoever reads them, since each is answered on its own.
enum class FieldUse : std::uint8_t { Read, Unused, Apart };

struct JsonField {
    // NOLINTBEGIN(google-explicit-constructor): a shape is written as a list of names.
    constexpr JsonField() = default;
    constexpr JsonField(const char* field) : name(field) {}
    constexpr JsonField(const char* field, const JsonShape& shape, FieldUse how = FieldUse::Read)
        : name(field), inside(&shape), use(how) {}
    constexpr JsonField(const char* field, FieldUse how) : name(field), use(how) {}
    // NOLINTEND(google-explicit-constructor)

    std::string_view name;  // static text
    // Of the object that it holds, or of each in the list that it holds; outlives the field. Null:
    // nobody looks inside, so it may hold anything (such as `metadata`).
    const JsonShape* inside = nullptr;
    FieldUse use = FieldUse::Read;
};

// A constant of the program: `constexpr JsonShape kTier{"upTo", "unitPrice", "flatFee"};`
class JsonShape {
public:
    static constexpr std::size_t kMostFields = 32;

    constexpr JsonShape() = default;
    constexpr JsonShape(std::initializer_list<JsonField> fields) {
        for (const JsonField& field : fields) add(field);
    }
    // The fields of both.
    friend constexpr JsonShape operator+(JsonShape all, const JsonShape& more) {
        for (const JsonField& field : more.fields()) all.add(field);
        return all;
    }

    [[nodiscard]] constexpr std::span<const JsonField> fields() const {
        return std::span(fields_).first(size_);
    }
    // Null: there is none of that name.
    [[nodiscard]] constexpr const JsonField* find(std::string_view name) const {
        for (const JsonField& field : fields()) {
            if (field.name == name) return &field;
        }
        return nullptr;
    }

private:
    // Beyond the end it does not compile.
    constexpr void add(const JsonField& field) { fields_.at(size_++) = field; }

    std::array<JsonField, kMostFields> fields_;
    std::size_t size_ = 0;
};

struct Inspection {
    // Code `unknown_field`: the first that the shape has not, by its path (`plans[0].slugg`), and
    // the nearest that it has.
    std::optional<Error> unknown;
    std::vector<std::string> unused;  // paths of the fields that were sent and mean nothing
};

// Looks through an object and what is inside it; a value that is none has no fields. `path` is
// written before each field's name: "events[3].".
[[nodiscard]] Inspection inspect(JsonValue value, const JsonShape& shape,
                                 std::string_view path = {});

// The sentence of `unknown`, for what comes from elsewhere than JSON: `kind` is "field", say.
[[nodiscard]] Error unknown_name(std::string_view kind, std::string_view path,
                                 std::string_view name, const JsonShape& shape);

}  // namespace quipu::base
