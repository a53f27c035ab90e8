// A self-signed certificate made for one test.
#pragma once

#include <string>

namespace quipu::http::testing {

struct Certificate {
    std::string certificate_pem;
    std::string key_pem;
};

// For the DNS name `host`, valid for a day.
[[nodiscard]] Certificate make_certificate(const std::string& host);

}  // namespace quipu::http::testing
