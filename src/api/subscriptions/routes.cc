#include "api/subscriptions/routes.h"

#include "api/subscriptions/handlers.h"

namespace quipu::api {

std::vector<Route> subscription_routes(ApiLedger& ledger) {
    return {
        {"POST", "/v1/attach", with(post_attach, ledger), BodyKind::Json},
        {"POST", "/v1/subscriptions/cancel", with(post_cancel, ledger), BodyKind::Json},
        {"POST", "/v1/subscriptions/uncancel", with(post_uncancel, ledger), BodyKind::Json},
        {"POST", "/v1/subscriptions/:id/checkout", with(post_subscription_checkout, ledger),
         BodyKind::OptionalJson},
        {"GET", "/v1/subscriptions/:id/activate", with(get_activation, ledger), BodyKind::None,
         Auth::None},
        {"POST", "/v1/addon", with(post_addon, ledger), BodyKind::Json},
    };
}

}  // namespace quipu::api
