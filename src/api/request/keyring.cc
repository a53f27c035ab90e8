#include "api/request/keyring.h"

#include "base/sha256.h"

namespace quipu::api {

base::Result<const ledger::ApiKey*> ApiKeyring::find(std::string_view authorization) {
    constexpr std::string_view kScheme = "Bearer ";
    if (!authorization.starts_with(kScheme))
        return base::fail("missing_api_key", "Missing API Key");
    const std::string_view secret = authorization.substr(kScheme.size());
    const auto known = known_.find(secret);
    const ledger::ApiKey* key =
        known != known_.end() ? known->second : ledger::find_key(control_, base::sha256(secret));
    if (key == nullptr || key->revoked_at) return base::fail("invalid_api_key", "Invalid API Key");
    if (known == known_.end()) {
        if (known_.size() == kMaxRemembered) known_.clear();
        known_.emplace(secret, key);
    }
    return key;
}

}  // namespace quipu::api
