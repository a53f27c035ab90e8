#include "base/openssl_random_ids.h"

#include <openssl/rand.h>

#include <stdexcept>

namespace quipu::base {
namespace {

constexpr std::size_t kIdCharacters = 24;
constexpr std::size_t kSecretCharacters = 48;
constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";

}  // namespace

std::string RandomIds::fresh(std::string_view prefix) {
    return draw(prefix, kIdCharacters);
}

std::string RandomIds::secret(std::string_view prefix) {
    return draw(prefix, kSecretCharacters);
}

std::string RandomIds::draw(std::string_view prefix, std::size_t characters) {
    if (used_ + characters > block_.size()) {
        if (RAND_bytes(block_.data(), static_cast<int>(block_.size())) != 1) {
            throw std::runtime_error("OpenSSL has no random bytes");
        }
        used_ = 0;
    }
    std::string id;
    id.reserve(prefix.size() + characters);
    id.append(prefix);
    for (std::size_t i = 0; i < characters; ++i) {
        // 256 is a multiple of 32, so every character is equally likely.
        id.push_back(kAlphabet[block_[used_] % kAlphabet.size()]);
        block_[used_++] = 0;
    }
    return id;
}

}  // namespace quipu::base
