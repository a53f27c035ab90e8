// The description of the API, as docs/openapi/build.py wrote it when the program was built.
#pragma once

#include <string_view>

namespace quipu::api {

// An OpenAPI 3.1 document of every route of the API; static text.
[[nodiscard]] std::string_view openapi_document();

}  // namespace quipu::api
