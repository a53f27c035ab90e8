// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"
#include "api/request/forward.h"

namespace quipu::api {

// wallet.cc
void get_wallet(Directory& directory, ApiCall call);
void post_wallet_setup(Directory& directory, Commands& commands,
                       const payments::PaymentIntents& intents, PaymentAnswers& answers,
                       ApiCall call);
void post_wallet_remove(Directory& directory, Commands& commands, ApiCall call);

// provider_webhooks.cc: answers 200 only for what is on the log, or needs not be there; a provider
// tries again otherwise.
void post_provider_webhook(Directory& directory, payments::PaymentIntents& intents,
                           const ledger::ControlState& control, ApiCall call);

// sandbox.cc
void post_test_sandbox(payments::SandboxProvider& sandbox, ApiCall call);
void get_or_post_sandbox_page(payments::SandboxProvider& sandbox, ApiCall call);

}  // namespace quipu::api
