#include "webhooks/target.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>

#include "http/http_url.h"

namespace quipu::webhooks {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct Network {
    std::array<std::uint8_t, 16> prefix{};
    unsigned bits = 0;
};

// IANA's special-purpose address registries, what is not globally reachable.
constexpr auto kPrivateV4 = std::to_array<Network>({
    {{0}, 8},              // this network
    {{10}, 8},             // private
    {{100, 64}, 10},       // shared by carriers (CGNAT)
    {{127}, 8},            // loopback
    {{169, 254}, 16},      // link-local, where clouds keep their metadata
    {{172, 16}, 12},       // private
    {{192, 0, 0}, 24},     // protocol assignments
    {{192, 0, 2}, 24},     // documentation
    {{192, 88, 99}, 24},   // 6to4 relays, given up
    {{192, 168}, 16},      // private
    {{198, 18}, 15},       // benchmarks
    {{198, 51, 100}, 24},  // documentation
    {{203, 0, 113}, 24},   // documentation
    {{224}, 4},            // multicast
    {{240}, 4},            // reserved, broadcast
});

constexpr Network kGlobalUnicast{{0x20}, 3};

// Within global unicast: what is private, and what carries an IPv4 address that may be.
constexpr auto kPrivateV6 = std::to_array<Network>({
    {{0x20, 0x01}, 23},              // protocol assignments, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4
    {{0x3f, 0xff}, 20},              // documentation
});

bool contains(const Network& network, Bytes address) {
    for (unsigned bit = 0; bit < network.bits; bit += 8) {
        const unsigned left = std::min(network.bits - bit, 8U);
        const auto mask = static_cast<std::uint8_t>(0xff00U >> left);
        if (((network.prefix[bit / 8] ^ address[bit / 8]) & mask) != 0) return false;
    }
    return true;
}

bool is_in_any(std::span<const Network> networks, Bytes address) {
    return std::ranges::any_of(networks,
                               [&](const Network& each) { return contains(each, address); });
}

std::optional<http::IpAddress> numeric(const std::string& host) {
    http::IpAddress address;
    if (::inet_pton(AF_INET, host.c_str(), address.bytes.data()) == 1) return address;
    address.v6 = true;
    if (::inet_pton(AF_INET6, host.c_str(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

bool is_local_name(std::string_view host) {
    while (host.ends_with('.')) host.remove_suffix(1);
    if (host.find('.') == std::string_view::npos) return true;  // only a local network knows it
    return host.ends_with(".localhost") || host.ends_with(".local") || host.ends_with(".internal");
}

tl::unexpected<base::Error> forbidden(std::string_view why) {
    return base::fail("webhook_url_forbidden", std::string("Invalid url: ").append(why));
}

}  // namespace

bool is_public_address(const http::IpAddress& address) {
    if (!address.v6) return !is_in_any(kPrivateV4, Bytes(address.bytes).first(4));
    // The mapped, compatible and translated forms of IPv4 lie outside of global unicast.
    return contains(kGlobalUnicast, address.bytes) && !is_in_any(kPrivateV6, address.bytes);
}

base::Result<void> check_webhook_url(std::string_view url, bool allow_private) {
    const auto parsed = http::parse_http_url(url);
    if (!parsed || url.find('#') != std::string_view::npos) {
        return base::fail("webhook_url_invalid",
                          "Invalid url: Expected an absolute https URL without a user name or a "
                          "fragment");
    }
    if (allow_private) return {};
    if (!parsed->tls) return forbidden("Webhooks are sent over https only");
    const auto address = numeric(parsed->host);
    if (address ? !is_public_address(*address) : is_local_name(parsed->host))
        return forbidden("The host is not on the public Internet");
    return {};
}

}  // namespace quipu::webhooks
