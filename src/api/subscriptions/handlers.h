// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"

namespace quipu::api {

class ApiLedger;

// subscriptions.cc
void post_attach(ApiLedger& ledger, ApiCall call);
void post_cancel(ApiLedger& ledger, ApiCall call);
void post_uncancel(ApiLedger& ledger, ApiCall call);
void post_addon(ApiLedger& ledger, ApiCall call);

// activation.cc
void post_subscription_checkout(ApiLedger& ledger, ApiCall call);
// The link by which a customer pays for a plan that waits: 302 to a checkout page.
void get_activation(ApiLedger& ledger, ApiCall call);

}  // namespace quipu::api
