#include "api/request/input.h"

#include "http/http_query.h"

namespace quipu::api {
namespace {

constexpr base::JsonShape kNone;

}  // namespace

Input takes_nothing() {
    return {BodyKind::None, kNone, &kNone};
}

Input takes_raw() {
    return {BodyKind::Raw, kNone, &kNone};
}

Input takes(const base::JsonShape& body) {
    return {BodyKind::Json, body, &kNone};
}

Input may_take(const base::JsonShape& body) {
    return {BodyKind::OptionalJson, body, &kNone};
}

std::optional<base::Error> unknown_parameter(std::string_view query, const base::JsonShape& shape) {
    for (const std::string_view name : http::query_names(query)) {
        if (shape.find(name) == nullptr)
            return base::unknown_name("query parameter", {}, name, shape);
    }
    return std::nullopt;
}

}  // namespace quipu::api
