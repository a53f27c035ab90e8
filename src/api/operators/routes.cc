#include "api/operators/routes.h"

#include "api/operators/handlers.h"

namespace quipu::api {

std::vector<Route> operator_routes(ApiLedger& ledger) {
    return {
        {"GET", "/", with(get_health), BodyKind::None, Auth::None, Opens::AtOnce},
        {"GET", "/openapi.json", with(get_openapi), BodyKind::None, Auth::None, Opens::AtOnce},
        {"GET", "/v1/openapi.json", with(get_openapi), BodyKind::None, Auth::None, Opens::AtOnce},
        {"GET", "/v1/test/clock", with(get_test_clock, ledger)},
        {"POST", "/v1/test/clock", with(post_test_clock, ledger), BodyKind::Json},
        {"POST", "/v1/keys", with(post_keys, ledger), BodyKind::Json},
        {"GET", "/v1/keys", with(get_keys, ledger)},
        {"POST", "/v1/keys/revoke", with(post_revoke_key, ledger), BodyKind::Json},
    };
}

}  // namespace quipu::api
