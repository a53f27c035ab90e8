// The port through which the API gets ids that nobody can guess.
#pragma once

#include <string>
#include <string_view>

namespace quipu::base {

// One thread.
class ApiIds {
public:
    virtual ~ApiIds() = default;

    // `prefix` and 24 characters of lower-case base32: 120 random bits.
    [[nodiscard]] virtual std::string fresh(std::string_view prefix) = 0;
    // `prefix` and 48 such characters, for secrets.
    [[nodiscard]] virtual std::string secret(std::string_view prefix) = 0;
};

}  // namespace quipu::base
