// The one shape of every error answer: success, code, error and message.
#pragma once

#include <string>
#include <string_view>

#include "base/error_code.h"
#include "http/http_server.h"

namespace quipu::http {

// {"success":false,"code":"<code>","error":"<sentence>","message":"<sentence>"}
[[nodiscard]] std::string error_body(base::ErrorCode code, std::string_view sentence);

// With the code's own status.
[[nodiscard]] HttpResponse error_response(base::ErrorCode code, std::string_view sentence);
// Where the contract of a route has another status for it.
[[nodiscard]] HttpResponse error_response(int status, base::ErrorCode code,
                                          std::string_view sentence);

}  // namespace quipu::http
