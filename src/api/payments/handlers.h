// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"

namespace quipu::payments {
class SandboxProvider;
}

namespace quipu::api {

class ApiLedger;

// wallet.cc
void get_wallet(ApiLedger& ledger, ApiCall call);
void post_wallet_setup(ApiLedger& ledger, ApiCall call);
void post_wallet_remove(ApiLedger& ledger, ApiCall call);

// provider_webhooks.cc: answers 200 only for what is on the log, or needs not be there; a provider
// tries again otherwise.
void post_provider_webhook(ApiLedger& ledger, ApiCall call);

// sandbox.cc
void post_test_sandbox(payments::SandboxProvider& sandbox, ApiCall call);
void get_or_post_sandbox_page(payments::SandboxProvider& sandbox, ApiCall call);

}  // namespace quipu::api
