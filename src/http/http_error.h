// The one shape of every error answer: success, code, error and message.
#pragma once

#include <string>
#include <string_view>

#include "http/http_server.h"

namespace quipu::http {

// {"success":false,"code":"<code>","error":"<sentence>","message":"<sentence>"}
[[nodiscard]] std::string error_body(std::string_view code, std::string_view sentence);

[[nodiscard]] HttpResponse error_response(int status, std::string_view code,
                                          std::string_view sentence);

}  // namespace quipu::http
