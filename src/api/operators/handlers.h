// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"
#include "api/request/forward.h"

namespace quipu::api {

// about.cc
void get_health(ApiCall call);
void get_openapi(ApiCall call);

// clock.cc
void get_test_clock(engine::LedgerEngine& engine, ApiCall call);
void post_test_clock(engine::LedgerEngine& engine, ApiCall call);

// keys.cc
void post_keys(Commands& commands, const ledger::ControlState& control, base::ApiIds& ids,
               ApiCall call);
void get_keys(const ledger::ControlState& control, ApiCall call);
void post_revoke_key(Commands& commands, const ledger::ControlState& control, ApiCall call);

}  // namespace quipu::api
