// Who is who: organisations, API keys and customers, decided in the one total order of the control
// partition.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "base/sha256.h"
#include "ledger/catalog.h"
#include "ledger/settings.h"

namespace quipu::ledger {

// The secret itself is shown once and never stored.
struct ApiKey {
    std::string id;  // key_…
    std::string organisation;
    std::string name;
    std::string hint;  // last four characters, to tell keys apart
    base::Sha256Digest secret_sha256{};
    base::Instant created_at;
    std::optional<base::Instant> revoked_at;

    friend bool operator==(const ApiKey&, const ApiKey&) = default;
};
QUIPU_FIELDS(ApiKey, id, organisation, name, hint, secret_sha256, created_at, revoked_at)

// External ids and e-mails (lower case) are unique per organisation.
struct Customer {
    std::string id;  // cus_…
    std::string organisation;
    std::string external_id;  // "" = none
    std::string email;        // "" = none
    std::optional<std::string> name;
    std::string metadata_json;  // "" = none
    std::string home_key;       // decides the home partition; never changes
    base::Instant created_at;
    base::Instant updated_at;

    friend bool operator==(const Customer&, const Customer&) = default;
};
QUIPU_FIELDS(Customer, id, organisation, external_id, email, name, metadata_json, home_key,
             created_at, updated_at)

struct Organisation {
    std::string id;
    std::string name;
    base::Instant created_at;
    std::shared_ptr<const Catalog> catalog = std::make_shared<const Catalog>();  // newest version
    std::string provider;      // its own choice; "" = the server's default
    BillingSettings settings;  // as they hold now
};
QUIPU_FIELDS(Organisation, id, name, created_at, provider, settings)

// Where an organisation wants to hear of notifications.
struct WebhookEndpoint {
    std::string id;  // we_…
    std::string organisation;
    std::string url;
    std::string description;
    std::string secret;              // whsec_…
    std::string previous_secret;     // signs too for kOldSecretMicros after `rotated_at`; "" = none
    std::vector<std::string> types;  // of notifications; empty = all
    bool enabled = true;
    std::string disabled_reason;  // stable code; "" = enabled, or disabled by request
    base::Instant created_at;
    base::Instant updated_at;
    base::Instant rotated_at;  // the epoch: never

    friend bool operator==(const WebhookEndpoint&, const WebhookEndpoint&) = default;
};
QUIPU_FIELDS(WebhookEndpoint, id, organisation, url, description, secret, previous_secret, types,
             enabled, disabled_reason, created_at, updated_at, rotated_at)

inline constexpr std::size_t kMaxWebhookEndpoints = 16;  // per organisation
inline constexpr std::int64_t kOldSecretMicros = base::kMicrosPerDay;

// The whole control projection. Every node holds it; the gateway resolves customers with it before
// it appends.
struct ControlState {
    std::map<std::string, Organisation, std::less<>> organisations;
    std::map<std::string, ApiKey, std::less<>> keys;         // by id
    std::map<base::Sha256Digest, std::string> key_ids;       // by secret, revoked ones left out
    std::map<std::string, Customer, std::less<>> customers;  // by `organisation \0 id`
    std::map<std::string, std::string, std::less<>>
        aliases;  // `organisation \0 external id or e-mail` -> id
    std::string default_provider{kManualProvider};
    std::map<std::string, WebhookEndpoint, std::less<>>
        webhook_endpoints;  // by `organisation \0 id`
};

// Our id, then the caller's own id, then (with an `@`) the e-mail in lower case
// (docs/contract/customers.md#names).
[[nodiscard]] const Customer* find_customer(const ControlState& state,
                                            std::string_view organisation,
                                            std::string_view reference);
[[nodiscard]] const ApiKey* find_key(const ControlState& state,
                                     const base::Sha256Digest& secret_sha256);
[[nodiscard]] const WebhookEndpoint* find_webhook_endpoint(const ControlState& state,
                                                           std::string_view organisation,
                                                           std::string_view id);
// All of an organisation, in the order of their ids.
[[nodiscard]] std::vector<const WebhookEndpoint*> webhook_endpoints_of(
    const ControlState& state, std::string_view organisation);
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace quipu::ledger
