#include "api/subscriptions/routes.h"

#include "api/request/shapes.h"
#include "api/subscriptions/handlers.h"

namespace quipu::api {
namespace {

constexpr base::JsonShape kAttachInput = kEventIds + kCustomerRef + unused::kOfAttach +
                                         base::JsonShape{"product", "metadata", "callbackUrl"};
constexpr base::JsonShape kAddonInput = kEventIds + kCustomerRef + unused::kOfAddon +
                                        base::JsonShape{"pack", "quantity", "callbackUrl"};
constexpr base::JsonShape kCancelInput =
    kEventIds + base::JsonShape{"customer", "product", "immediate"};
constexpr base::JsonShape kUncancelInput = kEventIds + base::JsonShape{"customer", "product"};
constexpr base::JsonShape kCheckoutInput = kEventIds + base::JsonShape{"callbackUrl"};

constexpr base::JsonShape kActivateQuery{"callbackUrl"};

}  // namespace

std::vector<Route> subscription_routes(Directory& directory, Commands& commands,
                                       PaymentAnswers& answers,
                                       const ledger::ControlState& control) {
    return {
        {"POST", "/v1/attach", with(post_attach, directory, commands, answers),
         takes(kAttachInput)},
        {"POST", "/v1/subscriptions/cancel", with(post_cancel, directory, commands),
         takes(kCancelInput)},
        {"POST", "/v1/subscriptions/uncancel", with(post_uncancel, directory, commands),
         takes(kUncancelInput)},
        {"POST", "/v1/subscriptions/:id/checkout",
         with(post_subscription_checkout, directory, commands, answers), may_take(kCheckoutInput)},
        {"GET", "/v1/subscriptions/:id/activate",
         with(get_activation, directory, commands, answers, control), takes_query(kActivateQuery),
         Auth::None},
        {"POST", "/v1/addon", with(post_addon, directory, commands, answers), takes(kAddonInput)},
    };
}

}  // namespace quipu::api
