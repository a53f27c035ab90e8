#include "ledger/identity.h"

namespace quipu::ledger {
namespace {

std::string joined(std::string_view organisation, std::string_view name) {
    std::string key;
    key.reserve(organisation.size() + 1 + name.size());
    key.append(organisation).push_back('\0');
    return key.append(name);
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

const Customer* find_customer(const ControlState& state, std::string_view organisation,
                              std::string_view reference) {
    const std::string key = joined(organisation, reference);
    if (const auto by_id = state.customers.find(key); by_id != state.customers.end()) {
        return &by_id->second;
    }
    auto alias = state.aliases.find(key);
    if (alias == state.aliases.end() && reference.find('@') != std::string_view::npos) {
        alias = state.aliases.find(joined(organisation, lower_case(reference)));
    }
    if (alias == state.aliases.end()) return nullptr;
    const auto found = state.customers.find(joined(organisation, alias->second));
    return found == state.customers.end() ? nullptr : &found->second;
}

const WebhookEndpoint* find_webhook_endpoint(const ControlState& state,
                                             std::string_view organisation, std::string_view id) {
    const auto found = state.webhook_endpoints.find(joined(organisation, id));
    return found == state.webhook_endpoints.end() ? nullptr : &found->second;
}

std::vector<const WebhookEndpoint*> webhook_endpoints_of(const ControlState& state,
                                                         std::string_view organisation) {
    std::vector<const WebhookEndpoint*> endpoints;
    const std::string prefix = joined(organisation, {});
    for (auto at = state.webhook_endpoints.lower_bound(prefix);
         at != state.webhook_endpoints.end() && at->first.starts_with(prefix); ++at) {
        endpoints.push_back(&at->second);
    }
    return endpoints;
}

const ApiKey* find_key(const ControlState& state, const base::Sha256Digest& secret_sha256) {
    const auto id = state.key_ids.find(secret_sha256);
    if (id == state.key_ids.end()) return nullptr;
    const auto key = state.keys.find(id->second);
    return key == state.keys.end() ? nullptr : &key->second;
}

}  // namespace quipu::ledger
