#include "payments/manual_provider.h"

#include <string>
#include <utility>

namespace quipu::payments {
namespace {

tl::unexpected<base::Error> refused(std::string sentence) {
    return base::fail("provider_refused", std::move(sentence));
}

}  // namespace

void ManualProvider::create_checkout(const CheckoutRequest&, CheckoutDone done) {
    loop_.post([done = std::move(done)] {
        done(refused("The provider manual has no checkout page; mark what was paid as paid."));
    });
}

void ManualProvider::charge(const ChargeRequest&, ChargeDone done) {
    loop_.post([done = std::move(done)] {
        done(refused("The provider manual charges nobody; mark what was paid as paid."));
    });
}

void ManualProvider::refund(const RefundRequest&, RefundDone done) {
    loop_.post([done = std::move(done)] {
        done(refused("The provider manual returns no money; return it by hand."));
    });
}

base::Result<ProviderEvent> ManualProvider::parse_webhook(std::string_view,
                                                          const http::HttpRequest&) {
    return base::fail("signature_invalid", "The provider manual sends no webhooks.");
}

}  // namespace quipu::payments
