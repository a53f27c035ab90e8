#include "api/catalog/routes.h"

#include "api/catalog/handlers.h"

namespace quipu::api {

std::vector<Route> catalog_routes(ApiLedger& ledger) {
    return {
        {"POST", "/v1/sync", with(post_sync, ledger), BodyKind::Json},
        {"GET", "/v1/plans", with(get_plans, ledger)},
        {"GET", "/v1/plans/:slug", with(get_plan, ledger)},
        {"GET", "/v1/credit-systems", with(get_credit_systems, ledger)},
        {"GET", "/v1/credit-packs", with(get_credit_packs, ledger)},
    };
}

}  // namespace quipu::api
