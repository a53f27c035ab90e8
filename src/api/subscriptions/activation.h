// The link by which a customer pays for a plan that waits, without a key
// (docs/contract/subscriptions.md#plans-that-wait). Engine thread.
#pragma once

#include <optional>
#include <string>

#include "api/request/directory.h"
#include "http/http_server.h"

namespace quipu::api {

// The subscription of GET /subscriptions/:id/activate; none: another request. `below` is the path
// without its mount.
[[nodiscard]] std::optional<std::string> activated_subscription(const http::HttpRequest& request,
                                                                std::string_view below);
// 302 to a checkout page.
void get_activation(ApiLedger& ledger, const http::HttpRequest& request,
                    const std::string& subscription, http::Responder respond);

}  // namespace quipu::api
