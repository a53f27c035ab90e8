// What a route takes from a request: its body and its query, by their fields. What else is sent is
// refused before the route runs (docs/contract/requests-and-errors.md#strict-fields).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json_shape.h"
#include "base/result.h"

namespace quipu::api {

// Raw: the handler decodes it itself. OptionalJson: what cannot be read counts as {}.
enum class BodyKind : std::uint8_t { None, Json, OptionalJson, Raw };

// Made by the functions below only, so that a row of the route table without one does not compile.
// Shapes are constants of the program.
class Input {
public:
    [[nodiscard]] BodyKind body() const { return body_; }
    [[nodiscard]] const base::JsonShape& fields() const { return *fields_; }
    // Null: any parameter may be sent.
    [[nodiscard]] const base::JsonShape* query() const { return query_; }

    [[nodiscard]] Input with_query(const base::JsonShape& query) const {
        return {body_, *fields_, &query};
    }
    // For pages and callbacks, whose callers add parameters of their own.
    [[nodiscard]] Input with_any_query() const { return {body_, *fields_, nullptr}; }

private:
    friend Input takes_nothing();
    friend Input takes_raw();
    friend Input takes(const base::JsonShape&);
    friend Input may_take(const base::JsonShape&);

    Input(BodyKind body, const base::JsonShape& fields, const base::JsonShape* query)
        : body_(body), fields_(&fields), query_(query) {}

    BodyKind body_;
    const base::JsonShape* fields_;
    const base::JsonShape* query_;
};

[[nodiscard]] Input takes_nothing();
[[nodiscard]] Input takes_raw();                            // a body that the handler decodes
[[nodiscard]] Input takes(const base::JsonShape& body);     // JSON, which must be sent
[[nodiscard]] Input may_take(const base::JsonShape& body);  // JSON; none counts as {}
[[nodiscard]] inline Input takes_query(const base::JsonShape& query) {
    return takes_nothing().with_query(query);
}

// Code `unknown_field`: the first parameter of a query string that is none of the shape's.
[[nodiscard]] std::optional<base::Error> unknown_parameter(std::string_view query,
                                                           const base::JsonShape& shape);

}  // namespace quipu::api
