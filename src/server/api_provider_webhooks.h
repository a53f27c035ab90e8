// What payment providers tell us. Engine thread.
#pragma once

#include "http/http_server.h"
#include "server/api_ledger.h"

namespace quipu::server {

[[nodiscard]] bool is_provider_webhook(const HttpRequest& request);
// Answers 200 only for what is on the log, or needs not be there; a provider tries again otherwise.
void post_provider_webhook(ApiLedger& ledger, const HttpRequest& request, Responder respond);

}  // namespace quipu::server
