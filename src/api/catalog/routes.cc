#include "api/catalog/routes.h"

#include "api/catalog/handlers.h"
#include "api/catalog/sync_shape.h"

namespace quipu::api {
namespace {

constexpr base::JsonShape kPlansQuery{"group", "interval", "currency", "includeInactive"};

}  // namespace

std::vector<Route> catalog_routes(Directory& directory, Commands& commands) {
    return {
        {"POST", "/v1/sync", with(post_sync, directory, commands), takes(kSyncInput)},
        {"GET", "/v1/plans", with(get_plans, directory), takes_query(kPlansQuery)},
        {"GET", "/v1/plans/:slug", with(get_plan, directory), takes_nothing()},
        {"GET", "/v1/credit-systems", with(get_credit_systems, directory), takes_nothing()},
        {"GET", "/v1/credit-packs", with(get_credit_packs, directory), takes_nothing()},
    };
}

}  // namespace quipu::api
