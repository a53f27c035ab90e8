#include "projections/identity_rows.h"

#include "projections/account_rows.h"
#include "projections/rows/row_codec.h"

namespace quipu::projections {
namespace {

// Rows of Table::Identity, by kind.
constexpr char kOrganisationRow = 'o';
constexpr char kKeyRow = 'k';
constexpr char kCustomerRow = 'c';
constexpr char kWebhookEndpointRow = 'w';

constexpr const char* kProviderName = "provider";

std::string row_key(char kind, std::string_view name) {
    return kind + std::string(name);
}

tl::unexpected<base::Error> corrupt() {
    return base::fail(
        "state_corrupt",
        "A stored identity is not readable; rebuild the state from the log with `quipu replay`.");
}

}  // namespace

base::Result<void> IdentityRows::load(StateStore& store, ledger::ControlState& state) {
    const auto provider = store.get(Table::Meta, kProviderName);
    if (!provider) return tl::unexpected(provider.error());
    if (*provider) ledger::apply_control(state, ledger::DefaultProviderSet{**provider});
    bool readable = true;
    auto scanned =
        store.scan(Table::Identity, {}, [&](std::string_view key, std::string_view value) {
            if (key.front() == kOrganisationRow) {
                auto organisation = decode_organisation(value);
                readable = organisation.has_value();
                if (readable)
                    ledger::apply_control(state,
                                          ledger::OrganisationCreated{std::move(*organisation)});
            } else if (key.front() == kKeyRow) {
                auto api_key = decode_key(value);
                readable = api_key.has_value();
                if (readable) {
                    const auto revoked = api_key->revoked_at;
                    const std::string id = api_key->id;
                    ledger::apply_control(state, ledger::KeyCreated{std::move(*api_key)});
                    if (revoked) ledger::apply_control(state, ledger::KeyRevoked{id, *revoked});
                }
            } else if (key.front() == kWebhookEndpointRow) {
                auto endpoint = decode_webhook_endpoint(value);
                readable = endpoint.has_value();
                if (readable)
                    ledger::apply_control(state,
                                          ledger::WebhookEndpointSaved{std::move(*endpoint)});
            } else {
                auto customer = decode_customer(value);
                readable = customer.has_value();
                if (readable)
                    ledger::apply_control(state, ledger::CustomerSaved{std::move(*customer)});
            }
            return readable;
        });
    if (!scanned) return scanned;
    if (!readable) return corrupt();
    // Versions ascend within an organisation, so the last one stays.
    scanned = store.scan(Table::Catalog, {}, [&](std::string_view key, std::string_view value) {
        const auto published = decode_published(value);
        const std::string organisation(organisation_of_catalog_key(key));
        readable = published.has_value() && state.organisations.contains(organisation);
        if (readable)
            ledger::apply_control(state,
                                  ledger::CatalogPublished{organisation, published->catalog});
        return readable;
    });
    if (scanned && !readable) return corrupt();
    return scanned;
}

void IdentityRows::changed(const ledger::ControlEvent& event, base::Instant at) {
    struct Changed {
        IdentityRows& rows;
        base::Instant at;

        void operator()(const ledger::OrganisationCreated& event) const {
            rows.organisations_.insert(event.organisation.id);
        }
        void operator()(const ledger::SettingsChanged& event) const {
            rows.organisations_.insert(event.organisation);
        }
        void operator()(const ledger::KeyCreated& event) const { rows.keys_.insert(event.key.id); }
        void operator()(const ledger::KeyRevoked& event) const { rows.keys_.insert(event.key); }
        void operator()(const ledger::CustomerSaved& event) const {
            rows.customers_.insert(event.customer.organisation + '\0' + event.customer.id);
        }
        void operator()(const ledger::DefaultProviderSet& event) const {
            rows.changed_rows_[{Table::Meta, kProviderName}] = event.provider;
        }
        void operator()(const ledger::WebhookEndpointSaved& event) const {
            rows.webhook_endpoints_.insert(event.endpoint.organisation + '\0' + event.endpoint.id);
        }
        void operator()(const ledger::WebhookEndpointDeleted& event) const {
            rows.webhook_endpoints_.insert(event.organisation + '\0' + event.endpoint);
        }
        void operator()(const ledger::CatalogPublished& event) const {
            rows.changed_rows_[{Table::Catalog,
                                catalog_row_key(event.organisation, event.catalog->version)}] =
                encode_published({event.catalog, at});
        }
    };
    std::visit(Changed{*this, at}, event);
}

void IdentityRows::collect(const ledger::ControlState& state, WriteSet& set) {
    for (const std::string& id : organisations_) {
        set.rows.push_back({Table::Identity, row_key(kOrganisationRow, id),
                            encode_organisation(state.organisations.find(id)->second)});
    }
    for (const std::string& id : keys_) {
        set.rows.push_back(
            {Table::Identity, row_key(kKeyRow, id), encode_key(state.keys.find(id)->second)});
    }
    for (const std::string& id : customers_) {
        set.rows.push_back({Table::Identity, row_key(kCustomerRow, id),
                            encode_customer(state.customers.find(id)->second)});
    }
    for (const std::string& id : webhook_endpoints_) {
        Row row{Table::Identity, row_key(kWebhookEndpointRow, id), std::nullopt};
        const auto endpoint = state.webhook_endpoints.find(id);
        if (endpoint != state.webhook_endpoints.end())
            row.value = encode_webhook_endpoint(endpoint->second);
        set.rows.push_back(std::move(row));
    }
    webhook_endpoints_.clear();
    organisations_.clear();
    keys_.clear();
    customers_.clear();
    for (auto& [name, value] : changed_rows_)
        set.rows.push_back({name.first, name.second, std::move(value)});
    changed_rows_.clear();
}

}  // namespace quipu::projections
