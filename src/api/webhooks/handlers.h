// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"
#include "api/request/forward.h"

namespace quipu::api {

// `sender` is null where no webhooks are sent.

// webhook_endpoints.cc
void post_webhook_endpoints(Commands& commands, const ledger::ControlState& control,
                            base::ApiIds& ids, webhooks::WebhookSender* sender, ApiCall call);
void get_webhook_endpoints(const ledger::ControlState& control, ApiCall call);
void get_webhook_endpoint(const ledger::ControlState& control, ApiCall call);
void post_webhook_endpoint(Commands& commands, const ledger::ControlState& control,
                           webhooks::WebhookSender* sender, ApiCall call);
void remove_webhook_endpoint(Commands& commands, const ledger::ControlState& control, ApiCall call);
void post_enable_webhook_endpoint(Commands& commands, const ledger::ControlState& control,
                                  ApiCall call);
void get_webhook_secret(const ledger::ControlState& control, ApiCall call);
void post_rotate_webhook_secret(Commands& commands, const ledger::ControlState& control,
                                base::ApiIds& ids, ApiCall call);

// webhook_deliveries.cc
void post_webhook_test(const ledger::ControlState& control, base::ApiIds& ids,
                       webhooks::WebhookSender* sender, ApiCall call);
void get_webhook_deliveries(const ledger::ControlState& control, webhooks::WebhookSender* sender,
                            ApiCall call);
void get_webhook_delivery(webhooks::WebhookSender* sender, ApiCall call);
void post_webhook_replay(const ledger::ControlState& control, webhooks::WebhookSender* sender,
                         ApiCall call);

}  // namespace quipu::api
