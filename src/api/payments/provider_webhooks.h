// What payment providers tell us. Engine thread.
#pragma once

#include "api/request/directory.h"
#include "http/http_server.h"

namespace quipu::api {

[[nodiscard]] bool is_provider_webhook(const http::HttpRequest& request);
// Answers 200 only for what is on the log, or needs not be there; a provider tries again otherwise.
void post_provider_webhook(ApiLedger& ledger, const http::HttpRequest& request,
                           http::Responder respond);

}  // namespace quipu::api
