#include "api/webhooks/routes.h"

#include "api/webhooks/handlers.h"

namespace quipu::api {

std::vector<Route> webhook_routes(ApiLedger& ledger) {
    return {
        {"POST", "/v1/webhook-endpoints", with(post_webhook_endpoints, ledger), BodyKind::Json},
        {"GET", "/v1/webhook-endpoints", with(get_webhook_endpoints, ledger)},
        {"GET", "/v1/webhook-endpoints/:id", with(get_webhook_endpoint, ledger)},
        {"POST", "/v1/webhook-endpoints/:id", with(post_webhook_endpoint, ledger), BodyKind::Json},
        {"DELETE", "/v1/webhook-endpoints/:id", with(remove_webhook_endpoint, ledger)},
        {"POST", "/v1/webhook-endpoints/:id/remove", with(remove_webhook_endpoint, ledger)},
        {"POST", "/v1/webhook-endpoints/:id/enable", with(post_enable_webhook_endpoint, ledger)},
        {"GET", "/v1/webhook-endpoints/:id/secret", with(get_webhook_secret, ledger)},
        {"POST", "/v1/webhook-endpoints/:id/rotate-secret",
         with(post_rotate_webhook_secret, ledger)},
        {"POST", "/v1/webhook-endpoints/:id/test", with(post_webhook_test, ledger)},
        {"GET", "/v1/webhook-endpoints/:id/deliveries", with(get_webhook_deliveries, ledger)},
        {"GET", "/v1/webhook-deliveries/:id", with(get_webhook_delivery, ledger)},
        {"POST", "/v1/webhook-deliveries/:id/replay", with(post_webhook_replay, ledger)},
    };
}

}  // namespace quipu::api
