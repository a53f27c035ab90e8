// HttpRequest: looking a header up.
#include "server/http_ascii.h"
#include "server/http_server.h"

namespace quipu::server {

std::string_view HttpRequest::header(std::string_view name) const {
    for (const HttpField& field : headers) {
        if (equal_without_case(field.name, name)) return field.value;
    }
    return {};
}

}  // namespace quipu::server
