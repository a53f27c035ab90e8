// The HTTP side of the sandbox's checkout page: a request in, a page or a redirect out.
#pragma once

#include <string>
#include <string_view>

#include "http/http_server.h"
#include "payments/sandbox/bank.h"

namespace quipu::payments {

inline constexpr std::string_view kSandboxCheckoutPath = "/sandbox/checkout/";

// Engine thread. As SandboxProvider::handle says.
[[nodiscard]] http::HttpResponse answer_sandbox_page(SandboxBank& bank,
                                                     const http::HttpRequest& request);

// `callback` with `reference=<reference>&status=<status>` added to its query, before a fragment.
[[nodiscard]] std::string callback_with(std::string_view callback, std::string_view reference,
                                        std::string_view status);

}  // namespace quipu::payments
