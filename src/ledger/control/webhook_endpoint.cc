#include "ledger/control/webhook_endpoint.h"

#include <fmt/format.h>

#include <algorithm>

namespace quipu::ledger {
namespace {

ControlDecision rejected(Code code, std::string message) {
    return {{}, {}, Rejection{code, std::move(message)}};
}

ControlDecision not_found(const std::string& endpoint) {
    return rejected(Code::WebhookEndpointNotFound,
                    fmt::format("Webhook endpoint '{}' not found.", endpoint));
}

// What did not change is no event.
ControlDecision saved(const WebhookEndpoint& known, WebhookEndpoint endpoint, base::Instant now) {
    ControlDecision decision{{}, {}, Done{endpoint.id}};
    if (endpoint == known) return decision;
    endpoint.updated_at = now;
    decision.events.emplace_back(WebhookEndpointSaved{std::move(endpoint)});
    return decision;
}

}  // namespace

bool wants(const WebhookEndpoint& endpoint, std::string_view type) {
    return endpoint.types.empty() ||
           std::ranges::find(endpoint.types, type) != endpoint.types.end();
}

ControlDecision decide_webhook(const ControlState& state, const std::string& organisation,
                               const CreateWebhookEndpoint& command, base::Instant now) {
    if (!state.organisations.contains(organisation)) {
        return rejected(Code::OrganisationNotFound,
                        fmt::format("Organisation '{}' not found.", organisation));
    }
    if (find_webhook_endpoint(state, organisation, command.endpoint) != nullptr) {
        return rejected(Code::AlreadyExists, "This webhook endpoint exists already.");
    }
    if (webhook_endpoints_of(state, organisation).size() >= kMaxWebhookEndpoints) {
        return rejected(Code::InvalidRequest,
                        fmt::format("An organization may have {} webhook endpoints at most.",
                                    kMaxWebhookEndpoints));
    }
    WebhookEndpoint endpoint;
    endpoint.id = command.endpoint;
    endpoint.organisation = organisation;
    endpoint.url = command.url;
    endpoint.description = command.description;
    endpoint.secret = command.secret;
    endpoint.types = command.types;
    endpoint.created_at = endpoint.updated_at = now;
    return {{WebhookEndpointSaved{std::move(endpoint)}}, {}, Done{command.endpoint}};
}

ControlDecision decide_webhook(const ControlState& state, const std::string& organisation,
                               const UpdateWebhookEndpoint& command, base::Instant now) {
    const WebhookEndpoint* known = find_webhook_endpoint(state, organisation, command.endpoint);
    if (known == nullptr) return not_found(command.endpoint);
    WebhookEndpoint endpoint = *known;
    if (command.url) endpoint.url = *command.url;
    if (command.description) endpoint.description = *command.description;
    if (command.types) endpoint.types = *command.types;
    if (command.enabled) {
        endpoint.enabled = *command.enabled;
        endpoint.disabled_reason.clear();
    }
    return saved(*known, std::move(endpoint), now);
}

ControlDecision decide_webhook(const ControlState& state, const std::string& organisation,
                               const DeleteWebhookEndpoint& command, base::Instant) {
    if (find_webhook_endpoint(state, organisation, command.endpoint) == nullptr)
        return not_found(command.endpoint);
    return {{WebhookEndpointDeleted{organisation, command.endpoint}}, {}, Done{command.endpoint}};
}

ControlDecision decide_webhook(const ControlState& state, const std::string& organisation,
                               const DisableWebhookEndpoint& command, base::Instant now) {
    const WebhookEndpoint* known = find_webhook_endpoint(state, organisation, command.endpoint);
    if (known == nullptr) return not_found(command.endpoint);
    WebhookEndpoint endpoint = *known;
    endpoint.enabled = false;
    endpoint.disabled_reason = command.reason;
    return saved(*known, std::move(endpoint), now);
}

ControlDecision decide_webhook(const ControlState& state, const std::string& organisation,
                               const RotateWebhookSecret& command, base::Instant now) {
    const WebhookEndpoint* known = find_webhook_endpoint(state, organisation, command.endpoint);
    if (known == nullptr) return not_found(command.endpoint);
    WebhookEndpoint endpoint = *known;
    endpoint.previous_secret = endpoint.secret;
    endpoint.secret = command.secret;
    endpoint.rotated_at = now;
    return saved(*known, std::move(endpoint), now);
}

}  // namespace quipu::ledger
