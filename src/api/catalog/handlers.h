// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"

namespace quipu::api {

class ApiLedger;

// catalog.cc
void post_sync(ApiLedger& ledger, ApiCall call);
void get_plans(ApiLedger& ledger, ApiCall call);
void get_plan(ApiLedger& ledger, ApiCall call);
void get_credit_systems(ApiLedger& ledger, ApiCall call);
void get_credit_packs(ApiLedger& ledger, ApiCall call);

}  // namespace quipu::api
