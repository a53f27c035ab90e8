// Ids from OpenSSL's random generator, drawn in blocks so that an id costs no system call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/ids.h"

namespace quipu::base {

// Throws std::runtime_error when the generator has no randomness.
class RandomIds final : public ApiIds {
public:
    [[nodiscard]] std::string fresh(std::string_view prefix) override;
    [[nodiscard]] std::string secret(std::string_view prefix) override;

private:
    [[nodiscard]] std::string draw(std::string_view prefix, std::size_t characters);

    std::array<std::uint8_t, 1024> block_;
    std::size_t used_ = sizeof block_;
};

}  // namespace quipu::base
