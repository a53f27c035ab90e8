#include "api/catalog/routes.h"

#include "api/catalog/handlers.h"

namespace quipu::api {

std::vector<Route> catalog_routes(Directory& directory, Commands& commands) {
    return {
        {"POST", "/v1/sync", with(post_sync, directory, commands), BodyKind::Json},
        {"GET", "/v1/plans", with(get_plans, directory)},
        {"GET", "/v1/plans/:slug", with(get_plan, directory)},
        {"GET", "/v1/credit-systems", with(get_credit_systems, directory)},
        {"GET", "/v1/credit-packs", with(get_credit_packs, directory)},
    };
}

}  // namespace quipu::api
