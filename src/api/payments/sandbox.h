// Telling the sandbox to misbehave, for tests: the body of POST /test/sandbox.
#pragma once

#include <string_view>

#include "base/json_body.h"
#include "base/result.h"
#include "http/http_server.h"
#include "payments/sandbox/controls.h"

namespace quipu::api {

// {"charges":"ok|decline|unavailable","webhooks":"once|twice|late|never","delayMs":n,"flush":true}:
// what is not sent stays as it is. Answers the behaviour that holds now, in the same fields. Code:
// `validation_error`; then nothing was changed.
[[nodiscard]] base::Result<http::HttpResponse> control_sandbox(payments::SandboxControls& sandbox,
                                                               std::string_view organisation,
                                                               base::JsonValue body);

}  // namespace quipu::api
