// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"
#include "api/request/forward.h"

namespace quipu::api {

// subscriptions.cc
void post_attach(Directory& directory, Commands& commands, PaymentAnswers& answers, ApiCall call);
void post_cancel(Directory& directory, Commands& commands, ApiCall call);
void post_uncancel(Directory& directory, Commands& commands, ApiCall call);
void post_addon(Directory& directory, Commands& commands, PaymentAnswers& answers, ApiCall call);

// activation.cc
void post_subscription_checkout(Directory& directory, Commands& commands, PaymentAnswers& answers,
                                ApiCall call);
// The link by which a customer pays for a plan that waits: 302 to a checkout page.
void get_activation(Directory& directory, Commands& commands, PaymentAnswers& answers,
                    const ledger::ControlState& control, ApiCall call);

}  // namespace quipu::api
