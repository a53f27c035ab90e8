#include <openssl/evp.h>

#include <stdexcept>

#include "base/check.h"
#include "base/sha256.h"

namespace quipu::base {

struct Sha256::Context {
    EVP_MD_CTX* handle = EVP_MD_CTX_new();

    Context() = default;
    ~Context() { EVP_MD_CTX_free(handle); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    if (context_->handle == nullptr ||
        EVP_DigestInit_ex(context_->handle, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL offers no SHA-256");
    }
}

Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
    QUIPU_CHECK(EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size()) == 1);
}

Sha256Digest Sha256::finish() {
    Sha256Digest digest;
    QUIPU_CHECK(EVP_DigestFinal_ex(context_->handle, digest.data(), nullptr) == 1);
    return digest;
}

Sha256Digest sha256(std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

std::string sha256_hex(std::string_view bytes) {
    return to_hex(sha256(bytes));
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text.push_back(kDigits[byte >> 4]);
        text.push_back(kDigits[byte & 15]);
    }
    return text;
}

}  // namespace quipu::base
