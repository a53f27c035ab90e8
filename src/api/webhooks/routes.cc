#include "api/webhooks/routes.h"

#include "api/webhooks/handlers.h"

namespace quipu::api {

std::vector<Route> webhook_routes(Commands& commands, const ledger::ControlState& control,
                                  base::ApiIds& ids, webhooks::WebhookSender* sender) {
    return {
        {"POST", "/v1/webhook-endpoints",
         with(post_webhook_endpoints, commands, control, ids, sender), BodyKind::Json},
        {"GET", "/v1/webhook-endpoints", with(get_webhook_endpoints, control)},
        {"GET", "/v1/webhook-endpoints/:id", with(get_webhook_endpoint, control)},
        {"POST", "/v1/webhook-endpoints/:id",
         with(post_webhook_endpoint, commands, control, sender), BodyKind::Json},
        {"DELETE", "/v1/webhook-endpoints/:id", with(remove_webhook_endpoint, commands, control)},
        {"POST", "/v1/webhook-endpoints/:id/remove",
         with(remove_webhook_endpoint, commands, control)},
        {"POST", "/v1/webhook-endpoints/:id/enable",
         with(post_enable_webhook_endpoint, commands, control)},
        {"GET", "/v1/webhook-endpoints/:id/secret", with(get_webhook_secret, control)},
        {"POST", "/v1/webhook-endpoints/:id/rotate-secret",
         with(post_rotate_webhook_secret, commands, control, ids)},
        {"POST", "/v1/webhook-endpoints/:id/test", with(post_webhook_test, control, ids, sender)},
        {"GET", "/v1/webhook-endpoints/:id/deliveries",
         with(get_webhook_deliveries, control, sender)},
        {"GET", "/v1/webhook-deliveries/:id", with(get_webhook_delivery, sender)},
        {"POST", "/v1/webhook-deliveries/:id/replay", with(post_webhook_replay, control, sender)},
    };
}

}  // namespace quipu::api
