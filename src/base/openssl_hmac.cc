#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"
#include "base/hmac.h"

namespace quipu::base {

Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    Sha256Digest digest;
    unsigned size = 0;
    // OpenSSL reads a null key as "the key of before".
    const char* const key_bytes = key.empty() ? "" : key.data();
    QUIPU_CHECK(HMAC(EVP_sha256(), key_bytes, static_cast<int>(key.size()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                     digest.data(), &size) != nullptr);
    QUIPU_CHECK(size == digest.size());
    return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace quipu::base
