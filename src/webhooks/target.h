// Where webhooks may go: the guard against requests into private networks.
#pragma once

#include <string_view>

#include "base/result.h"
#include "http/ip_address.h"

namespace quipu::webhooks {

// Whether the address is one of the public Internet: not loopback, private, link-local, shared
// (CGNAT), unique-local, multicast, documentation, benchmarking, reserved, unspecified or
// broadcast, and no IPv6 address that stands for such an IPv4 one (mapped, compatible, NAT64,
// 6to4, Teredo).
[[nodiscard]] bool is_public_address(const http::IpAddress& address);

// Codes: `webhook_url_invalid` (not an absolute http(s) URL, or with a user name or a fragment),
// `webhook_url_forbidden` (http, or a host that is private whatever it resolves to) unless
// `allow_private`. What a name resolves to is judged at each connection.
[[nodiscard]] base::Result<void> check_webhook_url(std::string_view url, bool allow_private);

}  // namespace quipu::webhooks
