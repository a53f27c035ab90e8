// HttpRequest: looking a header up.
#include "http/http_ascii.h"
#include "http/http_server.h"

namespace quipu::http {

std::string_view HttpRequest::header(std::string_view name) const {
    for (const HttpField& field : headers) {
        if (equal_without_case(field.name, name)) return field.value;
    }
    return {};
}

}  // namespace quipu::http
