// What the routes about webhook endpoints and their deliveries share.
#pragma once

#include "api/request/call.h"
#include "base/result.h"
#include "ledger/identity.h"

namespace quipu::api {

// The endpoint that the path names, of the caller's organisation; valid until the engine thread
// folds again. Code: `webhook_endpoint_not_found`.
[[nodiscard]] base::Result<const ledger::WebhookEndpoint*> webhook_endpoint_of(
    const ledger::ControlState& control, const ApiCall& call);

}  // namespace quipu::api
