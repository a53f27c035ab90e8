#include "server/listen_address.h"

#include <fmt/format.h>

#include <charconv>

#include "server/usage_error.h"

namespace quipu::server {

std::string ListenAddress::text() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return is_v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

ListenAddress ListenAddress::reachable() const {
    if (host == "0.0.0.0") return {"127.0.0.1", port};
    if (host == "::") return {"::1", port};
    return *this;
}

base::Result<ListenAddress> parse_listen(const std::string& option, const std::string& text) {
    ListenAddress address;
    const std::size_t colon = text.rfind(':');
    const std::string digits = colon == std::string::npos ? "" : text.substr(colon + 1);
    const char* end = digits.data() + digits.size();
    const auto [parsed, error] = std::from_chars(digits.data(), end, address.port);
    if (digits.empty() || error != std::errc{} || parsed != end) {
        return base::fail(kUsage, fmt::format("{} '{}' is not HOST:PORT.", option, text));
    }
    address.host = text.substr(0, colon);
    if (address.host.starts_with('[') && address.host.ends_with(']'))
        address.host = address.host.substr(1, address.host.size() - 2);
    if (address.host.empty()) address.host = "0.0.0.0";
    if (address.host == "localhost") address.host = "127.0.0.1";
    return address;
}

}  // namespace quipu::server
