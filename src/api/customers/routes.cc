#include "api/customers/routes.h"

#include "api/customers/handlers.h"

namespace quipu::api {

std::vector<Route> customer_routes(Directory& directory, Commands& commands,
                                   const ledger::ControlState& control, base::ApiIds& ids) {
    return {
        {"POST", "/v1/customers", with(post_customers, directory, commands, ids), BodyKind::Json},
        {"GET", "/v1/customers", with(get_customers, directory, control)},
        {"POST", "/v1/customers/feature-config", with(post_feature_config, directory, commands),
         BodyKind::Json},
        {"POST", "/v1/customers/overage-limit", with(post_overage_limit, directory, commands),
         BodyKind::Json},
        {"GET", "/v1/customers/:id", with(get_customer, directory)},
        {"GET", "/v1/customers/:id/balances", with(get_balances, directory)},
        {"GET", "/v1/customers/:id/entries", with(get_entries, directory)},
        {"POST", "/v1/overrides", with(post_overrides, directory, commands), BodyKind::Json},
        {"GET", "/v1/overrides", with(get_overrides, directory)},
        {"POST", "/v1/overrides/remove", with(post_remove_override, directory, commands),
         BodyKind::Json},
        {"POST", "/v1/usage/correct", with(post_correct_usage, directory, commands),
         BodyKind::Json},
        {"POST", "/v1/entities", with(post_entities, directory, commands), BodyKind::Json},
        {"GET", "/v1/entities", with(get_entities, directory)},
        {"POST", "/v1/entities/remove", with(post_remove_entity, directory, commands),
         BodyKind::Json},
    };
}

}  // namespace quipu::api
