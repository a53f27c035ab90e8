#include "api/payments/routes.h"

#include "api/payments/handlers.h"

namespace quipu::api {

std::vector<Route> payment_routes(Directory& directory, Commands& commands,
                                  payments::PaymentIntents& intents, PaymentAnswers& answers,
                                  const ledger::ControlState& control) {
    return {
        {"GET", "/v1/wallet", with(get_wallet, directory)},
        {"POST", "/v1/wallet/setup", with(post_wallet_setup, directory, commands, intents, answers),
         BodyKind::Json},
        {"POST", "/v1/wallet/remove", with(post_wallet_remove, directory, commands),
         BodyKind::Json},
        {"POST", "/webhooks/:organisation",
         with(post_provider_webhook, directory, intents, control), BodyKind::Raw, Auth::None},
        {"POST", "/webhooks/:organisation/:provider",
         with(post_provider_webhook, directory, intents, control), BodyKind::Raw, Auth::None},
    };
}

std::vector<Route> sandbox_routes(payments::SandboxProvider& sandbox) {
    return {
        {"POST", "/v1/test/sandbox", with(post_test_sandbox, sandbox), BodyKind::Json},
        {"GET", "/sandbox/checkout/:id", with(get_or_post_sandbox_page, sandbox), BodyKind::None,
         Auth::None, Opens::AtOnce},
        {"POST", "/sandbox/checkout/:id", with(get_or_post_sandbox_page, sandbox), BodyKind::Raw,
         Auth::None, Opens::AtOnce},
    };
}

}  // namespace quipu::api
