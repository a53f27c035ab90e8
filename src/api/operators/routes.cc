#include "api/operators/routes.h"

#include "api/operators/handlers.h"
#include "engine/ledger_engine.h"

namespace quipu::api {

std::vector<Route> operator_routes(engine::LedgerEngine& engine, Commands& commands,
                                   base::ApiIds& ids) {
    const ledger::ControlState& control = engine.control();
    return {
        {"GET", "/", with(get_health), BodyKind::None, Auth::None, Opens::AtOnce},
        {"GET", "/openapi.json", with(get_openapi), BodyKind::None, Auth::None, Opens::AtOnce},
        {"GET", "/v1/openapi.json", with(get_openapi), BodyKind::None, Auth::None, Opens::AtOnce},
        {"GET", "/v1/test/clock", with(get_test_clock, engine)},
        {"POST", "/v1/test/clock", with(post_test_clock, engine), BodyKind::Json},
        {"POST", "/v1/keys", with(post_keys, commands, control, ids), BodyKind::Json},
        {"GET", "/v1/keys", with(get_keys, control)},
        {"POST", "/v1/keys/revoke", with(post_revoke_key, commands, control), BodyKind::Json},
    };
}

}  // namespace quipu::api
