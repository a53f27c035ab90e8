// The provider `manual`: nobody moves money here; people pay elsewhere and say so.
#pragma once

#include "http/asio_loop.h"
#include "payments/payment_provider.h"

namespace quipu::payments {

// Engine thread. Every call answers `provider_refused`; parse_webhook `signature_invalid`.
class ManualProvider final : public PaymentProvider {
public:
    explicit ManualProvider(http::EngineLoop& loop) : loop_(loop) {}  // `loop` outlives it

    [[nodiscard]] std::string_view name() const override { return "manual"; }
    void create_checkout(const CheckoutRequest& request, CheckoutDone done) override;
    void charge(const ChargeRequest& request, ChargeDone done) override;
    void refund(const RefundRequest& request, RefundDone done) override;
    [[nodiscard]] base::Result<ProviderEvent> parse_webhook(
        std::string_view organisation, const http::HttpRequest& request) override;

private:
    http::EngineLoop& loop_;
};

}  // namespace quipu::payments
