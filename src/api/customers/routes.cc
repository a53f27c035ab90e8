#include "api/customers/routes.h"

#include "api/customers/handlers.h"
#include "api/request/shapes.h"

namespace quipu::api {
namespace {

// `id` is the caller's own name of the customer.
constexpr base::JsonShape kCustomerInput =
    kOtherEventIds + base::JsonShape{"email", "id", "name", "metadata"};
constexpr base::JsonShape kFeatureConfigInput =
    kEventIds + base::JsonShape{"customer", "feature", "overage", "maxOverageUnits"};
constexpr base::JsonShape kOverageLimitInput =
    kEventIds + base::JsonShape{"customer", "maxOverageAmount", "onLimitReached"};
constexpr base::JsonShape kOverrideInput =
    kEventIds + base::JsonShape{"customer",      "feature",   "limit", "limitValue",
                                "resetInterval", "expiresAt", "reason"};
constexpr base::JsonShape kRemoveOverrideInput = kEventIds + base::JsonShape{"customer", "feature"};
constexpr base::JsonShape kCorrectInput =
    kEventIds + base::JsonShape{"customer", "feature", "entity", "value", "reason", "timestamp"};
constexpr base::JsonShape kEntityInput =
    kEventIds + kCustomerRef + base::JsonShape{"feature", "entity", "name", "email", "metadata"};
constexpr base::JsonShape kRemoveEntityInput =
    kEventIds + base::JsonShape{"customer", "feature", "entity"};

constexpr base::JsonShape kCustomersQuery =
    base::JsonShape{"email", "externalId", "search", "offset"} + kPage;
constexpr base::JsonShape kEntriesQuery = base::JsonShape{"feature"} + kPage;
constexpr base::JsonShape kEntitiesQuery{"customer", "feature"};

}  // namespace

std::vector<Route> customer_routes(Directory& directory, Commands& commands,
                                   const ledger::ControlState& control, base::ApiIds& ids) {
    return {
        {"POST", "/v1/customers", with(post_customers, directory, commands, ids),
         takes(kCustomerInput)},
        {"GET", "/v1/customers", with(get_customers, directory, control),
         takes_query(kCustomersQuery)},
        {"POST", "/v1/customers/feature-config", with(post_feature_config, directory, commands),
         takes(kFeatureConfigInput)},
        {"POST", "/v1/customers/overage-limit", with(post_overage_limit, directory, commands),
         takes(kOverageLimitInput)},
        {"GET", "/v1/customers/:id", with(get_customer, directory), takes_nothing()},
        {"GET", "/v1/customers/:id/balances", with(get_balances, directory), takes_nothing()},
        {"GET", "/v1/customers/:id/entries", with(get_entries, directory),
         takes_query(kEntriesQuery)},
        {"POST", "/v1/overrides", with(post_overrides, directory, commands), takes(kOverrideInput)},
        {"GET", "/v1/overrides", with(get_overrides, directory), takes_query(kOfCustomer)},
        {"POST", "/v1/overrides/remove", with(post_remove_override, directory, commands),
         takes(kRemoveOverrideInput)},
        {"POST", "/v1/usage/correct", with(post_correct_usage, directory, commands),
         takes(kCorrectInput)},
        {"POST", "/v1/entities", with(post_entities, directory, commands), takes(kEntityInput)},
        {"GET", "/v1/entities", with(get_entities, directory), takes_query(kEntitiesQuery)},
        {"POST", "/v1/entities/remove", with(post_remove_entity, directory, commands),
         takes(kRemoveEntityInput)},
    };
}

}  // namespace quipu::api
