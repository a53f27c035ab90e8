// A server that answers every connection with the same bytes, whatever they are, and closes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/openssl_certificate.h"

namespace quipu::http::testing {

class RawServer {
public:
    // Listens on 127.0.0.1; speaks TLS when it has a certificate.
    explicit RawServer(std::string answer, const std::optional<Certificate>& tls = std::nullopt)
        : RawServer(std::vector{std::move(answer)}, tls) {}
    // Sends the answer in these pieces, with pauses: most often each is read by itself.
    explicit RawServer(std::vector<std::string> pieces,
                       const std::optional<Certificate>& tls = std::nullopt);
    ~RawServer();

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::vector<std::string> heads() const;  // of the requests, as they came

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace quipu::http::testing
