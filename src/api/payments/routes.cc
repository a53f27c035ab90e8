#include "api/payments/routes.h"

#include "api/payments/handlers.h"
#include "api/request/shapes.h"

namespace quipu::api {
namespace {

constexpr base::JsonShape kSetupInput =
    kEventIds + base::JsonShape{"customer", "provider", "callbackUrl"};
// `id` is the payment method's.
constexpr base::JsonShape kRemoveInput = kOtherEventIds + base::JsonShape{"customer", "id"};
constexpr base::JsonShape kSandboxInput{"charges", "webhooks", "delayMs", "flush"};

}  // namespace

std::vector<Route> payment_routes(Directory& directory, Commands& commands,
                                  payments::PaymentIntents& intents, PaymentAnswers& answers,
                                  const ledger::ControlState& control) {
    return {
        {"GET", "/v1/wallet", with(get_wallet, directory), takes_query(kOfCustomer)},
        {"POST", "/v1/wallet/setup", with(post_wallet_setup, directory, commands, intents, answers),
         takes(kSetupInput)},
        {"POST", "/v1/wallet/remove", with(post_wallet_remove, directory, commands),
         takes(kRemoveInput)},
        {"POST", "/webhooks/:organisation",
         with(post_provider_webhook, directory, intents, control), takes_raw().with_any_query(),
         Auth::None},
        {"POST", "/webhooks/:organisation/:provider",
         with(post_provider_webhook, directory, intents, control), takes_raw().with_any_query(),
         Auth::None},
    };
}

std::vector<Route> sandbox_routes(payments::SandboxProvider& sandbox) {
    return {
        {"POST", "/v1/test/sandbox", with(post_test_sandbox, sandbox), takes(kSandboxInput)},
        {"GET", "/sandbox/checkout/:id", with(get_or_post_sandbox_page, sandbox),
         takes_nothing().with_any_query(), Auth::None, Opens::AtOnce},
        {"POST", "/sandbox/checkout/:id", with(get_or_post_sandbox_page, sandbox),
         takes_raw().with_any_query(), Auth::None, Opens::AtOnce},
    };
}

}  // namespace quipu::api
