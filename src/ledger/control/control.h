// The rules of the control partition: organisations, keys, customers and catalogs, in one total
// order.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "ledger/command.h"
#include "ledger/identity.h"
#include "ledger/outcome.h"

namespace quipu::ledger {

struct OrganisationCreated {
    Organisation organisation;
};
struct KeyCreated {
    ApiKey key;
};
struct KeyRevoked {
    std::string key;
    base::Instant at;
};
struct CustomerSaved {
    Customer customer;
};
struct CatalogPublished {
    std::string organisation;
    std::shared_ptr<const Catalog> catalog;
};

struct SettingsChanged {
    std::string organisation;
    std::string provider;  // its own choice; "" = the server's default
    BillingSettings settings;
};
struct DefaultProviderSet {
    std::string provider;
};
struct WebhookEndpointSaved {
    WebhookEndpoint endpoint;
};
struct WebhookEndpointDeleted {
    std::string organisation;
    std::string endpoint;
};

using ControlEvent =
    std::variant<OrganisationCreated, KeyCreated, KeyRevoked, CustomerSaved, CatalogPublished,
                 SettingsChanged, DefaultProviderSet, WebhookEndpointSaved, WebhookEndpointDeleted>;

// A record that account partitions have to fold in turn. Its id is derived from what it is, so that
// sending it again is harmless.
struct Forward {
    bool to_all = false;  // every account partition; else the home of `key`
    std::string key;
    CommandRecord record;
};

struct ControlDecision {
    std::vector<ControlEvent> events;
    std::vector<Forward> forwards;
    Outcome outcome;
};

[[nodiscard]] ControlDecision decide_control(const ControlState& state, const CommandRecord& record,
                                             base::Instant now);
void apply_control(ControlState& state, const ControlEvent& event);

}  // namespace quipu::ledger
