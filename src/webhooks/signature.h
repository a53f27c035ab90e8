// The signatures of Standard Webhooks 1.0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::webhooks {

// A secret is `whsec_` and base64.
[[nodiscard]] bool is_webhook_secret(std::string_view secret);

// `v1,<base64>`: HMAC-SHA256 of `id.seconds.body`. `secret` is one.
[[nodiscard]] std::string sign_webhook(std::string_view secret, std::string_view id,
                                       std::int64_t seconds, std::string_view body);

}  // namespace quipu::webhooks
