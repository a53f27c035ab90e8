// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"

namespace quipu::api {

class ApiLedger;

// webhook_endpoints.cc
void post_webhook_endpoints(ApiLedger& ledger, ApiCall call);
void get_webhook_endpoints(ApiLedger& ledger, ApiCall call);
void get_webhook_endpoint(ApiLedger& ledger, ApiCall call);
void post_webhook_endpoint(ApiLedger& ledger, ApiCall call);
void remove_webhook_endpoint(ApiLedger& ledger, ApiCall call);
void post_enable_webhook_endpoint(ApiLedger& ledger, ApiCall call);
void get_webhook_secret(ApiLedger& ledger, ApiCall call);
void post_rotate_webhook_secret(ApiLedger& ledger, ApiCall call);

// webhook_deliveries.cc
void post_webhook_test(ApiLedger& ledger, ApiCall call);
void get_webhook_deliveries(ApiLedger& ledger, ApiCall call);
void get_webhook_delivery(ApiLedger& ledger, ApiCall call);
void post_webhook_replay(ApiLedger& ledger, ApiCall call);

}  // namespace quipu::api
