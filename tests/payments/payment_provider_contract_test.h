// The contract of the port as a parameterised fixture: instantiate it with a provider's harness.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "payments/payment_provider.h"

namespace quipu::payments::testing {

struct SignedWebhook {
    std::string header;  // its name
    std::string signature;
    std::string body;
};

// A provider, driven by the test's thread. All is about customers of org_1.
class ProviderHarness {
public:
    virtual ~ProviderHarness() = default;
    // Each waits for the answer, and fails the process if it comes from within the call.
    virtual base::Result<CheckoutSession> checkout(const CheckoutRequest& request) = 0;
    virtual base::Result<ChargeResult> charge(const ChargeRequest& request) = 0;
    virtual base::Result<RefundResult> refund(const RefundRequest& request) = 0;
    virtual base::Result<ProviderEvent> parse(const std::string& organisation,
                                              const http::HttpRequest& request) = 0;
    // A saved method of the customer; charges of it are declined when `fails`.
    virtual std::string save_method(const std::string& customer, bool fails) = 0;
    virtual void pay(const CheckoutSession& session) = 0;  // the customer, on the page
    virtual SignedWebhook webhook() = 0;                   // some event, as the provider sends it
};

using HarnessMaker = std::function<std::unique_ptr<ProviderHarness>()>;

class PaymentProviderContract : public ::testing::TestWithParam<HarnessMaker> {
protected:
    std::unique_ptr<ProviderHarness> provider_ = GetParam()();
};

}  // namespace quipu::payments::testing
