#include "base/json_shape.h"

#include <fmt/format.h>

#include "base/nearest_name.h"

namespace quipu::base {
namespace {

// Where an object is; written out only when something is wrong with it.
struct Place {
    const Place* outer = nullptr;
    std::string_view name;
    std::optional<std::size_t> index;

    [[nodiscard]] std::string text() const {
        if (outer == nullptr && !index) return std::string(name);
        const std::string before = outer == nullptr ? std::string() : outer->text();
        if (!index) return fmt::format("{}{}.", before, name);
        return fmt::format("{}{}[{}].", before, name, *index);
    }
};

class Inspector {
public:
    void look(JsonValue value, const JsonShape& shape, const Place& place) {
        if (value.is_object()) return look_at_object(value, shape, place);
        if (!value.is_array()) return;
        std::size_t index = 0;
        for (const JsonValue each : value) {
            if (found_.unknown) return;
            Place item = place;
            item.index = index++;
            if (each.is_object()) look_at_object(each, shape, item);
        }
    }

    Inspection found() && { return std::move(found_); }

private:
    void look_at_object(JsonValue object, const JsonShape& shape, const Place& place) {
        for (const JsonValue member : object) {
            const JsonField* field = shape.find(member.key());
            if (field == nullptr) {
                found_.unknown = unknown_name("field", place.text(), member.key(), shape);
                return;
            }
            if (field->use == FieldUse::Unused && !member.is_null())
                found_.unused.push_back(place.text() + std::string(field->name));
            if (field->inside == nullptr || field->use == FieldUse::Apart) continue;
            look(member, *field->inside, Place{&place, field->name, std::nullopt});
            if (found_.unknown) return;
        }
    }

    Inspection found_;
};

}  // namespace

Inspection inspect(JsonValue value, const JsonShape& shape, std::string_view path) {
    Inspector inspector;
    if (value.is_object()) inspector.look(value, shape, Place{nullptr, path, std::nullopt});
    return std::move(inspector).found();
}

Error unknown_name(std::string_view kind, std::string_view path, std::string_view name,
                   const JsonShape& shape) {
    std::vector<std::string_view> known;
    for (const JsonField& field : shape.fields()) known.push_back(field.name);
    return {"unknown_field", fmt::format("Unknown {} '{}{}'.{}", kind, path, shown_name(name),
                                         did_you_mean(name, known))};
}

}  // namespace quipu::base
