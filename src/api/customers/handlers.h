// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"

namespace quipu::api {

class ApiLedger;

// customers.cc
void post_customers(ApiLedger& ledger, ApiCall call);
void get_customers(ApiLedger& ledger, ApiCall call);
void post_feature_config(ApiLedger& ledger, ApiCall call);
void post_overage_limit(ApiLedger& ledger, ApiCall call);
void get_customer(ApiLedger& ledger, ApiCall call);

// history.cc
void get_balances(ApiLedger& ledger, ApiCall call);
void get_entries(ApiLedger& ledger, ApiCall call);

// overrides.cc
void post_overrides(ApiLedger& ledger, ApiCall call);
void get_overrides(ApiLedger& ledger, ApiCall call);
void post_remove_override(ApiLedger& ledger, ApiCall call);
void post_correct_usage(ApiLedger& ledger, ApiCall call);

// entities.cc
void post_entities(ApiLedger& ledger, ApiCall call);
void get_entities(ApiLedger& ledger, ApiCall call);
void post_remove_entity(ApiLedger& ledger, ApiCall call);

}  // namespace quipu::api
