#include "ledger/control/control.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/json_text.h"
#include "base/one_of.h"
#include "base/sha256.h"
#include "ledger/control/webhook_endpoint.h"

namespace quipu::ledger {
namespace {

ControlDecision rejected(Code code, std::string message) {
    return {{}, {}, Rejection{code, std::move(message)}};
}

std::string scoped(const std::string& organisation, std::string_view name) {
    std::string key = organisation;
    key.push_back('\0');
    return key.append(name);
}

struct ControlDecider {
    const ControlState& state;
    const CommandRecord& record;
    base::Instant now;

    ControlDecision operator()(const CreateOrganisation& command) const {
        const auto known = state.organisations.find(command.organisation);
        if (known != state.organisations.end()) {
            return rejected(Code::AlreadyExists,
                            fmt::format("Organisation '{}' exists already.", command.organisation));
        }
        Organisation organisation{.id = command.organisation, .name = command.name};
        organisation.created_at = now;
        ControlDecision decision{{}, {}, Done{command.organisation}};
        decision.events.emplace_back(OrganisationCreated{organisation});
        if (state.default_provider != kManualProvider) {
            change_settings(decision, organisation, organisation.settings, {},
                            state.default_provider);
        }
        return decision;
    }

    ControlDecision operator()(const CreateKey& command) const {
        if (!state.organisations.contains(record.organisation)) return no_organisation();
        if (state.keys.contains(command.key) || state.key_ids.contains(command.secret_sha256)) {
            return rejected(Code::AlreadyExists, "This key exists already.");
        }
        ApiKey key{command.key,  record.organisation,   command.name,
                   command.hint, command.secret_sha256, now,
                   std::nullopt};
        return {{KeyCreated{std::move(key)}}, {}, Done{command.key}};
    }

    ControlDecision operator()(const RevokeKey& command) const {
        const auto known = state.keys.find(command.key);
        if (known == state.keys.end() || known->second.organisation != record.organisation) {
            return rejected(Code::KeyNotFound, fmt::format("Key '{}' not found.", command.key));
        }
        if (known->second.revoked_at) return {{}, {}, Done{command.key}};
        return {{KeyRevoked{command.key, now}}, {}, Done{command.key}};
    }

    ControlDecision operator()(const UpsertCustomer& command) const {
        if (!state.organisations.contains(record.organisation)) return no_organisation();
        const Customer* by_id = command.external_id.empty() ? nullptr : find(command.external_id);
        const Customer* by_email =
            command.email.empty() ? nullptr : find(lower_case(command.email));
        if (by_id != nullptr) {
            const bool takes_over = by_email != nullptr && by_email != by_id;
            if (command.overwrite && takes_over) return email_taken(command, *by_email);
            return update(*by_id, command);
        }
        if (by_email != nullptr) {
            if (!command.external_id.empty() && !by_email->external_id.empty())
                return email_taken(command, *by_email);
            return update(*by_email, command);
        }
        return create(command);
    }

    ControlDecision operator()(const PublishPayload& command) const {
        const auto organisation = state.organisations.find(record.organisation);
        if (organisation == state.organisations.end()) return no_organisation();
        MergedCatalog merged = merge(*organisation->second.catalog, command.payload, now);
        auto catalog = std::make_shared<const Catalog>(std::move(merged.catalog));
        Forward forward;
        forward.to_all = true;
        forward.record.organisation = record.organisation;
        forward.record.command = PublishCatalog{*catalog};
        SyncAnswer answer{std::move(merged.report), catalog->version};
        return {{CatalogPublished{record.organisation, std::move(catalog)}},
                {std::move(forward)},
                std::move(answer)};
    }

    ControlDecision operator()(const SetDefaultProvider& command) const {
        ControlDecision decision{{}, {}, Done{command.provider}};
        if (state.default_provider == command.provider) return decision;
        decision.events.emplace_back(DefaultProviderSet{command.provider});
        for (const auto& [id, organisation] : state.organisations) {
            if (!organisation.provider.empty()) continue;
            change_settings(decision, organisation, organisation.settings, {}, command.provider);
        }
        return decision;
    }

    ControlDecision operator()(const UpdateSettings& command) const {
        const auto known = state.organisations.find(record.organisation);
        if (known == state.organisations.end()) return no_organisation();
        const Organisation& organisation = known->second;
        const BillingSettings settings = patched(organisation.settings, command.patch);
        if (const auto problem = settings_problem(settings))
            return rejected(Code::InvalidRequest, *problem);
        const std::string own = command.patch.provider.value_or(organisation.provider);
        ControlDecision decision{{}, {}, Done{organisation.id}};
        change_settings(decision, organisation, settings, own, state.default_provider);
        return decision;
    }

    ControlDecision operator()(const CreateWebhookEndpoint& command) const {
        return decide_webhook(state, record.organisation, command, now);
    }
    ControlDecision operator()(const UpdateWebhookEndpoint& command) const {
        return decide_webhook(state, record.organisation, command, now);
    }
    ControlDecision operator()(const DeleteWebhookEndpoint& command) const {
        return decide_webhook(state, record.organisation, command, now);
    }
    ControlDecision operator()(const DisableWebhookEndpoint& command) const {
        return decide_webhook(state, record.organisation, command, now);
    }
    ControlDecision operator()(const RotateWebhookSecret& command) const {
        return decide_webhook(state, record.organisation, command, now);
    }

private:
    ControlDecision no_organisation() const {
        return rejected(Code::OrganisationNotFound,
                        fmt::format("Organisation '{}' not found.", record.organisation));
    }
    static ControlDecision email_taken(const UpsertCustomer& command, const Customer& owner) {
        return rejected(
            Code::CustomerConflict,
            fmt::format("The e-mail '{}' belongs to customer '{}'.", lower_case(command.email),
                        owner.external_id.empty() ? owner.id : owner.external_id));
    }
    // Settings that hold go to every account partition.
    static void change_settings(ControlDecision& decision, const Organisation& organisation,
                                BillingSettings settings, const std::string& own,
                                const std::string& fallback) {
        settings.provider = own.empty() ? fallback : own;
        settings.version = organisation.settings.version + 1;
        BillingSettings before = organisation.settings;
        before.version = settings.version;
        if (before == settings && own == organisation.provider) return;
        Forward forward;
        forward.to_all = true;
        forward.record.organisation = organisation.id;
        forward.record.command = PublishSettings{settings};
        decision.forwards.push_back(std::move(forward));
        decision.events.emplace_back(SettingsChanged{organisation.id, own, std::move(settings)});
    }
    const Customer* find(std::string_view reference) const {
        return find_customer(state, record.organisation, reference);
    }

    // What is before the @ stands in for a name.
    static std::optional<std::string> name_or_local_part(const UpsertCustomer& command) {
        const std::size_t at = command.email.find('@');
        if (command.name || at == std::string::npos || at == 0) return command.name;
        return command.email.substr(0, at);
    }

    ControlDecision create(const UpsertCustomer& command) const {
        Customer customer;
        customer.id = command.candidate;
        customer.organisation = record.organisation;
        customer.external_id = command.external_id;
        customer.email = lower_case(command.email);
        customer.name = name_or_local_part(command);
        customer.metadata_json = command.metadata_json;
        customer.home_key = command.external_id.empty() ? command.candidate : command.external_id;
        customer.created_at = customer.updated_at = now;

        Forward forward = open(customer);
        std::get<OpenAccount>(forward.record.command).auto_enable = command.auto_enable;
        ControlDecision decision;
        decision.outcome = CustomerAnswer{customer.id, true};
        decision.events.emplace_back(CustomerSaved{std::move(customer)});
        decision.forwards.push_back(std::move(forward));
        return decision;
    }

    Forward open(const Customer& customer) const {
        Forward forward;
        forward.key = customer.home_key;
        forward.record.id = "open:" + customer.id;
        forward.record.organisation = customer.organisation;
        forward.record.customer = customer.id;
        forward.record.command = OpenAccount{customer.id, customer.external_id, customer.email};
        return forward;
    }

    ControlDecision update(const Customer& known, const UpsertCustomer& command) const {
        Customer customer = known;
        if (customer.external_id.empty()) customer.external_id = command.external_id;
        const std::string email = lower_case(command.email);
        if (customer.email.empty() && find(email) == nullptr) customer.email = email;
        if (command.overwrite && !email.empty()) customer.email = email;
        if (command.name && command.overwrite) customer.name = command.name;
        if (!customer.name) customer.name = name_or_local_part(command);
        if (command.overwrite) {
            customer.metadata_json =
                base::merge_json_objects(customer.metadata_json, command.metadata_json);
        }
        ControlDecision decision;
        decision.outcome = CustomerAnswer{customer.id, false};
        if (customer == known) return decision;
        customer.updated_at = now;
        // The home no longer takes the name that was given up.
        if (!known.email.empty() && customer.email != known.email)
            decision.forwards.push_back(rename(customer));
        decision.events.emplace_back(CustomerSaved{std::move(customer)});
        return decision;
    }

    // An account that is open already takes the names of a second opening. Its id is the request's,
    // cut to a length that fits.
    Forward rename(const Customer& customer) const {
        Forward forward = open(customer);
        forward.record.id += ':' + base::sha256_hex(record.id).substr(0, 32);
        return forward;
    }
};

struct ControlApplier {
    ControlState& state;

    void operator()(const OrganisationCreated& event) const {
        state.organisations[event.organisation.id] = event.organisation;
    }
    void operator()(const KeyCreated& event) const {
        state.key_ids[event.key.secret_sha256] = event.key.id;
        state.keys[event.key.id] = event.key;
    }
    void operator()(const KeyRevoked& event) const {
        ApiKey& key = state.keys[event.key];
        key.revoked_at = event.at;
        state.key_ids.erase(key.secret_sha256);
    }
    void operator()(const CustomerSaved& event) const {
        const Customer& customer = event.customer;
        forget_email(customer);
        if (!customer.external_id.empty()) {
            state.aliases[scoped(customer.organisation, customer.external_id)] = customer.id;
        }
        if (!customer.email.empty()) {
            state.aliases[scoped(customer.organisation, customer.email)] = customer.id;
        }
        state.customers[scoped(customer.organisation, customer.id)] = customer;
    }
    void operator()(const SettingsChanged& event) const {
        const auto organisation = state.organisations.find(event.organisation);
        QUIPU_CHECK(organisation != state.organisations.end());
        organisation->second.provider = event.provider;
        organisation->second.settings = event.settings;
    }
    void operator()(const DefaultProviderSet& event) const {
        state.default_provider = event.provider;
    }
    void operator()(const CatalogPublished& event) const {
        const auto organisation = state.organisations.find(event.organisation);
        QUIPU_CHECK(organisation != state.organisations.end());
        organisation->second.catalog = event.catalog;
    }
    void operator()(const WebhookEndpointSaved& event) const {
        const WebhookEndpoint& endpoint = event.endpoint;
        state.webhook_endpoints[scoped(endpoint.organisation, endpoint.id)] = endpoint;
    }
    void operator()(const WebhookEndpointDeleted& event) const {
        state.webhook_endpoints.erase(scoped(event.organisation, event.endpoint));
    }

private:
    // One that the customer had until now, and has no more.
    void forget_email(const Customer& customer) const {
        const auto before = state.customers.find(scoped(customer.organisation, customer.id));
        if (before == state.customers.end() || before->second.email == customer.email) return;
        const auto alias = state.aliases.find(scoped(customer.organisation, before->second.email));
        if (alias != state.aliases.end() && alias->second == customer.id)
            state.aliases.erase(alias);
    }
};

}  // namespace

ControlDecision decide_control(const ControlState& state, const CommandRecord& record,
                               base::Instant now) {
    return std::visit(
        [&]<typename C>(const C& command) {
            if constexpr (base::OneOf<C, ControlCommand>) {
                return ControlDecider{state, record, now}(command);
            } else {
                return rejected(Code::InvalidRequest,
                                "This command is not for the control partition.");
            }
        },
        record.command);
}

void apply_control(ControlState& state, const ControlEvent& event) {
    std::visit(ControlApplier{state}, event);
}

}  // namespace quipu::ledger
