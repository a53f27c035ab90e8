// HOST:PORT as given on the command line.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace quipu::server {

struct ListenAddress {
    std::string host;  // a numeric address
    std::uint16_t port = 0;

    // HOST:PORT, an IPv6 host in brackets.
    [[nodiscard]] std::string text() const;
    // Where a client of this machine reaches it: an address of all interfaces becomes loopback.
    [[nodiscard]] ListenAddress reachable() const;
};

// `localhost` stands for 127.0.0.1, an empty host for 0.0.0.0. Error code: `usage`.
[[nodiscard]] base::Result<ListenAddress> parse_listen(const std::string& option,
                                                       const std::string& text);

}  // namespace quipu::server
