// Tells whose request it is from the secret that it carries.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "ledger/identity.h"

namespace quipu::api {

// Remembers which key a secret was found to be, so that it is hashed once; a revoked key is refused
// at once all the same. Engine thread. `control` outlives it and keeps its keys where they are.
class ApiKeyring {
public:
    explicit ApiKeyring(const ledger::ControlState& control) : control_(control) {}

    // By an Authorization header. Codes: `missing_api_key`, `invalid_api_key`.
    [[nodiscard]] base::Result<const ledger::ApiKey*> find(std::string_view authorization);

private:
    static constexpr std::size_t kMaxRemembered = 1024;

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    const ledger::ControlState& control_;
    std::unordered_map<std::string, const ledger::ApiKey*, Hash, std::equal_to<>> known_;
};

}  // namespace quipu::api
