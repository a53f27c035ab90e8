#include "api/operators/routes.h"

#include "api/operators/handlers.h"
#include "api/request/shapes.h"
#include "engine/ledger_engine.h"

namespace quipu::api {
namespace {

constexpr base::JsonShape kClockInput{"now"};
constexpr base::JsonShape kKeyInput = kEventIds + base::JsonShape{"name"};
// `id` is another name of `key`.
constexpr base::JsonShape kRevokeInput = kOtherEventIds + base::JsonShape{"key", "id"};

}  // namespace

std::vector<Route> operator_routes(engine::LedgerEngine& engine, Commands& commands,
                                   base::ApiIds& ids) {
    const ledger::ControlState& control = engine.control();
    return {
        {"GET", "/", with(get_health), takes_nothing(), Auth::None, Opens::AtOnce},
        {"GET", "/openapi.json", with(get_openapi), takes_nothing(), Auth::None, Opens::AtOnce},
        {"GET", "/v1/openapi.json", with(get_openapi), takes_nothing(), Auth::None, Opens::AtOnce},
        {"GET", "/v1/test/clock", with(get_test_clock, engine), takes_nothing()},
        {"POST", "/v1/test/clock", with(post_test_clock, engine), takes(kClockInput)},
        {"POST", "/v1/keys", with(post_keys, commands, control, ids), takes(kKeyInput)},
        {"GET", "/v1/keys", with(get_keys, control), takes_nothing()},
        {"POST", "/v1/keys/revoke", with(post_revoke_key, commands, control), takes(kRevokeInput)},
    };
}

}  // namespace quipu::api
