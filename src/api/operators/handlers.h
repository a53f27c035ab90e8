// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"

namespace quipu::api {

class ApiLedger;

// about.cc
void get_health(ApiCall call);
void get_openapi(ApiCall call);

// clock.cc
void get_test_clock(ApiLedger& ledger, ApiCall call);
void post_test_clock(ApiLedger& ledger, ApiCall call);

// keys.cc
void post_keys(ApiLedger& ledger, ApiCall call);
void get_keys(ApiLedger& ledger, ApiCall call);
void post_revoke_key(ApiLedger& ledger, ApiCall call);

}  // namespace quipu::api
