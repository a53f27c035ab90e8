// An address of the Internet protocol, as a value without any library's types.
#pragma once

#include <array>
#include <cstdint>

namespace quipu::http {

// An IPv4 address uses the first four bytes. The network's order: bytes[0] is the first one
// written.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};
    bool v6 = false;

    friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

}  // namespace quipu::http
