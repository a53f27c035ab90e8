#include "api/customers/routes.h"

#include "api/customers/handlers.h"

namespace quipu::api {

std::vector<Route> customer_routes(ApiLedger& ledger) {
    return {
        {"POST", "/v1/customers", with(post_customers, ledger), BodyKind::Json},
        {"GET", "/v1/customers", with(get_customers, ledger)},
        {"POST", "/v1/customers/feature-config", with(post_feature_config, ledger), BodyKind::Json},
        {"POST", "/v1/customers/overage-limit", with(post_overage_limit, ledger), BodyKind::Json},
        {"GET", "/v1/customers/:id", with(get_customer, ledger)},
        {"GET", "/v1/customers/:id/balances", with(get_balances, ledger)},
        {"GET", "/v1/customers/:id/entries", with(get_entries, ledger)},
        {"POST", "/v1/overrides", with(post_overrides, ledger), BodyKind::Json},
        {"GET", "/v1/overrides", with(get_overrides, ledger)},
        {"POST", "/v1/overrides/remove", with(post_remove_override, ledger), BodyKind::Json},
        {"POST", "/v1/usage/correct", with(post_correct_usage, ledger), BodyKind::Json},
        {"POST", "/v1/entities", with(post_entities, ledger), BodyKind::Json},
        {"GET", "/v1/entities", with(get_entities, ledger)},
        {"POST", "/v1/entities/remove", with(post_remove_entity, ledger), BodyKind::Json},
    };
}

}  // namespace quipu::api
