#include "api/subscriptions/routes.h"

#include "api/subscriptions/handlers.h"

namespace quipu::api {

std::vector<Route> subscription_routes(Directory& directory, Commands& commands,
                                       PaymentAnswers& answers,
                                       const ledger::ControlState& control) {
    return {
        {"POST", "/v1/attach", with(post_attach, directory, commands, answers), BodyKind::Json},
        {"POST", "/v1/subscriptions/cancel", with(post_cancel, directory, commands),
         BodyKind::Json},
        {"POST", "/v1/subscriptions/uncancel", with(post_uncancel, directory, commands),
         BodyKind::Json},
        {"POST", "/v1/subscriptions/:id/checkout",
         with(post_subscription_checkout, directory, commands, answers), BodyKind::OptionalJson},
        {"GET", "/v1/subscriptions/:id/activate",
         with(get_activation, directory, commands, answers, control), BodyKind::None, Auth::None},
        {"POST", "/v1/addon", with(post_addon, directory, commands, answers, control),
         BodyKind::Json},
    };
}

}  // namespace quipu::api
