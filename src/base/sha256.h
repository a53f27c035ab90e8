// SHA-256, in pieces or at once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace quipu::base {

using Sha256Digest = std::array<std::uint8_t, 32>;

// One digest over the pieces given to `update`, in order. Throws std::runtime_error at construction
// when the library offers no SHA-256.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void update(std::string_view bytes);
    // Ends the digest; nothing may be called after it.
    [[nodiscard]] Sha256Digest finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

[[nodiscard]] Sha256Digest sha256(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

// Lower case.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace quipu::base
