#include "api/webhooks/routes.h"

#include "api/request/shapes.h"
#include "api/webhooks/handlers.h"

namespace quipu::api {
namespace {

constexpr base::JsonShape kEndpointInput =
    kOtherEventIds + base::JsonShape{"url", "description", "types"};
constexpr base::JsonShape kChangedEndpointInput = kEndpointInput + base::JsonShape{"enabled"};

constexpr base::JsonShape kDeliveriesQuery = base::JsonShape{"status"} + kPage;

}  // namespace

std::vector<Route> webhook_routes(Commands& commands, const ledger::ControlState& control,
                                  base::ApiIds& ids, webhooks::WebhookSender* sender) {
    return {
        {"POST", "/v1/webhook-endpoints",
         with(post_webhook_endpoints, commands, control, ids, sender), takes(kEndpointInput)},
        {"GET", "/v1/webhook-endpoints", with(get_webhook_endpoints, control), takes_nothing()},
        {"GET", "/v1/webhook-endpoints/:id", with(get_webhook_endpoint, control), takes_nothing()},
        {"POST", "/v1/webhook-endpoints/:id",
         with(post_webhook_endpoint, commands, control, sender), takes(kChangedEndpointInput)},
        {"DELETE", "/v1/webhook-endpoints/:id", with(remove_webhook_endpoint, commands, control),
         takes_nothing()},
        {"POST", "/v1/webhook-endpoints/:id/remove",
         with(remove_webhook_endpoint, commands, control), takes_nothing()},
        {"POST", "/v1/webhook-endpoints/:id/enable",
         with(post_enable_webhook_endpoint, commands, control), takes_nothing()},
        {"GET", "/v1/webhook-endpoints/:id/secret", with(get_webhook_secret, control),
         takes_nothing()},
        {"POST", "/v1/webhook-endpoints/:id/rotate-secret",
         with(post_rotate_webhook_secret, commands, control, ids), takes_nothing()},
        {"POST", "/v1/webhook-endpoints/:id/test", with(post_webhook_test, control, ids, sender),
         takes_nothing()},
        {"GET", "/v1/webhook-endpoints/:id/deliveries",
         with(get_webhook_deliveries, control, sender), takes_query(kDeliveriesQuery)},
        {"GET", "/v1/webhook-deliveries/:id", with(get_webhook_delivery, sender), takes_nothing()},
        {"POST", "/v1/webhook-deliveries/:id/replay", with(post_webhook_replay, control, sender),
         takes_nothing()},
    };
}

}  // namespace quipu::api
