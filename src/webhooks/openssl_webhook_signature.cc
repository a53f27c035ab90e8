#include <openssl/evp.h>

#include <optional>

#include "base/check.h"
#include "base/hmac.h"
#include "webhooks/signature.h"

namespace quipu::webhooks {
namespace {

constexpr std::string_view kPrefix = "whsec_";

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(text),
                        static_cast<int>(text.size())) < 0)
        return std::nullopt;
    // The padding is decoded as zeros.
    for (int padding = text.ends_with("==")  ? 2
                       : text.ends_with("=") ? 1
                                             : 0;
         padding > 0; --padding)
        bytes.pop_back();
    return bytes;
}

std::string encode_base64(const base::Sha256Digest& bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // with the NUL that is written too
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<std::string> key_of(std::string_view secret) {
    if (!secret.starts_with(kPrefix)) return std::nullopt;
    return decode_base64(secret.substr(kPrefix.size()));
}

}  // namespace

bool is_webhook_secret(std::string_view secret) {
    return key_of(secret).has_value();
}

std::string sign_webhook(std::string_view secret, std::string_view id, std::int64_t seconds,
                         std::string_view body) {
    const auto key = key_of(secret);
    QUIPU_CHECK(key.has_value());
    std::string content(id);
    content.append(".").append(std::to_string(seconds)).append(".").append(body);
    return "v1," + encode_base64(base::hmac_sha256(*key, content));
}

}  // namespace quipu::webhooks
