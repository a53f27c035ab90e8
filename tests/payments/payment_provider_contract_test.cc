// What every payment provider has to keep.
#include "payments/payment_provider_contract_test.h"

#include <array>

#include "base/check.h"
#include "payments/manual_provider.h"
#include "payments/sandbox_fixture.h"
#include "support/fake_provider.h"

namespace quipu::payments::testing {
namespace {

std::string code_of(const auto& result) {
    return result ? "ok" : std::string(result.error().code.text());
}

RefundRequest refund_of(const std::string& refund, const std::string& intent, std::int64_t amount) {
    return {.refund = refund,
            .intent = intent,
            .organisation = "org_1",
            .amount_minor = amount,
            .currency = "USD"};
}

TEST_P(PaymentProviderContract, AnIntentHasOneCheckoutHoweverOftenItIsAskedFor) {
    const auto first = provider_->checkout(checkout_of("pi_1"));
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_NE(first->url, "");
    EXPECT_NE(first->reference, "");
    const auto again = provider_->checkout(checkout_of("pi_1"));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->url, first->url);
    EXPECT_EQ(again->reference, first->reference);
    const auto other = provider_->checkout(checkout_of("pi_2"));
    ASSERT_TRUE(other);
    EXPECT_NE(other->reference, first->reference);
    CheckoutRequest elsewhere = checkout_of("pi_1");
    elsewhere.organisation = "org_2";
    const auto of_another = provider_->checkout(elsewhere);
    ASSERT_TRUE(of_another);
    EXPECT_NE(of_another->reference, first->reference);
}

TEST_P(PaymentProviderContract, AnIntentIsNeverForSomethingElse) {
    ASSERT_TRUE(provider_->checkout(checkout_of("pi_1", 2900)));
    EXPECT_EQ(code_of(provider_->checkout(checkout_of("pi_1", 2901))), "provider_refused");
    const std::string method = provider_->save_method("cus_1", false);
    ChargeRequest request = charge_of("pi_2", method);
    ASSERT_TRUE(provider_->charge(request));
    request.amount_minor += 1;
    EXPECT_EQ(code_of(provider_->charge(request)), "provider_refused");
    ASSERT_TRUE(provider_->refund(refund_of("re_1", "pi_2", 100)));
    EXPECT_EQ(code_of(provider_->refund(refund_of("re_1", "pi_2", 200))), "provider_refused");
}

TEST_P(PaymentProviderContract, AChargeIsMadeOnceHoweverOftenItIsAskedFor) {
    const std::string method = provider_->save_method("cus_1", false);
    const auto first = provider_->charge(charge_of("pi_1", method));
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_TRUE(first->succeeded);
    EXPECT_EQ(first->failure, "");
    for (int i = 0; i < 3; ++i) {
        const auto again = provider_->charge(charge_of("pi_1", method));
        ASSERT_TRUE(again);
        EXPECT_TRUE(again->succeeded);
        EXPECT_EQ(again->reference, first->reference);
    }
    // Another attempt would take the money a second time.
    EXPECT_EQ(code_of(provider_->charge(charge_of("pi_1", method, 2))), "provider_refused");
    // What came in is what can go out.
    EXPECT_EQ(code_of(provider_->refund(refund_of("re_1", "pi_1", 1501))), "provider_refused");
    EXPECT_EQ(code_of(provider_->refund(refund_of("re_2", "pi_1", 1500))), "ok");
}

TEST_P(PaymentProviderContract, WhatAPagePaidIsNotCharged) {
    const auto session = provider_->checkout(checkout_of("pi_1", 1500));
    ASSERT_TRUE(session);
    const std::string method = provider_->save_method("cus_1", false);
    provider_->pay(*session);
    EXPECT_EQ(code_of(provider_->charge(charge_of("pi_1", method))), "provider_refused");
    EXPECT_EQ(code_of(provider_->refund(refund_of("re_1", "pi_1", 1500))), "ok");
}

TEST_P(PaymentProviderContract, ADeclinedAttemptStaysDeclinedAndTheNextIsAnother) {
    const std::string failing = provider_->save_method("cus_1", true);
    const auto first = provider_->charge(charge_of("pi_1", failing));
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->succeeded);
    EXPECT_EQ(first->failure, "card_declined");
    EXPECT_FALSE(first->permanent);
    EXPECT_NE(first->message, "");
    const auto again = provider_->charge(charge_of("pi_1", failing));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->reference, first->reference);
    EXPECT_EQ(again->failure, "card_declined");
    const std::string good = provider_->save_method("cus_1", false);
    const auto second = provider_->charge(charge_of("pi_1", good, 2));
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->succeeded);
    EXPECT_NE(second->reference, first->reference);
}

TEST_P(PaymentProviderContract, AMethodIsOfOneCustomer) {
    const std::string method = provider_->save_method("cus_2", false);
    for (const std::string& wrong : {std::string("pm_unknown"), method}) {
        const auto charge = provider_->charge(charge_of("pi_" + wrong, wrong));
        ASSERT_TRUE(charge);
        EXPECT_FALSE(charge->succeeded);
        EXPECT_EQ(charge->failure, "method_not_found");
        EXPECT_TRUE(charge->permanent);
    }
}

TEST_P(PaymentProviderContract, ARefundIsMadeOnceAndNeverOfMoreThanWasPaid) {
    const std::string method = provider_->save_method("cus_1", false);
    ASSERT_TRUE(provider_->charge(charge_of("pi_1", method)));
    const auto first = provider_->refund(refund_of("re_1", "pi_1", 1000));
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_TRUE(first->succeeded);
    const auto again = provider_->refund(refund_of("re_1", "pi_1", 1000));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->reference, first->reference);
    EXPECT_EQ(code_of(provider_->refund(refund_of("re_2", "pi_1", 501))), "provider_refused");
    EXPECT_EQ(code_of(provider_->refund(refund_of("re_3", "pi_1", 500))), "ok");
    EXPECT_EQ(code_of(provider_->refund(refund_of("re_4", "pi_1", 1))), "provider_refused");
    EXPECT_EQ(code_of(provider_->refund(refund_of("re_5", "pi_unknown", 1))), "never_paid");
}

TEST_P(PaymentProviderContract, ARefundIsInTheCurrencyOfThePayment) {
    const std::string method = provider_->save_method("cus_1", false);
    ASSERT_TRUE(provider_->charge(charge_of("pi_1", method)));
    RefundRequest request = refund_of("re_1", "pi_1", 10);
    request.currency = "EUR";
    EXPECT_EQ(code_of(provider_->refund(request)), "provider_refused");
}

TEST_P(PaymentProviderContract, NothingIsDoneForNothing) {
    const std::string method = provider_->save_method("cus_1", false);
    EXPECT_EQ(code_of(provider_->checkout(checkout_of("pi_1", -1))), "provider_refused");
    for (const std::int64_t amount : {std::int64_t{0}, std::int64_t{-5}}) {
        ChargeRequest charge = charge_of("pi_2", method);
        charge.amount_minor = amount;
        EXPECT_EQ(code_of(provider_->charge(charge)), "provider_refused");
        EXPECT_EQ(code_of(provider_->refund(refund_of("re_1", "pi_2", amount))),
                  "provider_refused");
    }
    EXPECT_EQ(code_of(provider_->charge(charge_of("pi_3", method, 0))), "provider_refused");
}

TEST_P(PaymentProviderContract, OnlyItsOwnSignatureOpensAWebhook) {
    const SignedWebhook webhook = provider_->webhook();
    const auto parse = [&](const std::string& organisation, const std::string& signature,
                           const std::string& body) {
        const std::array<http::HttpField, 1> headers = {http::HttpField{webhook.header, signature}};
        http::HttpRequest request;
        request.method = "POST";
        request.body = body;
        if (!signature.empty()) request.headers = headers;
        return provider_->parse(organisation, request);
    };
    const auto event = parse("org_1", webhook.signature, webhook.body);
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_NE(event->id, "");
    EXPECT_EQ(code_of(parse("org_1", "", webhook.body)), "signature_missing");
    EXPECT_EQ(code_of(parse("org_1", webhook.signature, webhook.body + " ")), "signature_invalid");
    EXPECT_EQ(code_of(parse("org_1", webhook.signature + "0", webhook.body)), "signature_invalid");
    EXPECT_EQ(code_of(parse("org_1", "nonsense", webhook.body)), "signature_invalid");
    EXPECT_EQ(code_of(parse("org_2", webhook.signature, webhook.body)), "signature_invalid");
}

class SandboxHarness final : public ProviderHarness {
public:
    base::Result<CheckoutSession> checkout(const CheckoutRequest& request) override {
        return server_.checkout(request);
    }
    base::Result<ChargeResult> charge(const ChargeRequest& request) override {
        return server_.charge(request);
    }
    base::Result<RefundResult> refund(const RefundRequest& request) override {
        return server_.refund(request);
    }
    base::Result<ProviderEvent> parse(const std::string& organisation,
                                      const http::HttpRequest& request) override {
        base::Result<ProviderEvent> event;
        server_.on_engine([&] { event = server_.provider().parse_webhook(organisation, request); });
        return event;
    }
    std::string save_method(const std::string& customer, bool fails) override {
        return server_.save_card(fails ? "4000000000000341" : "4242424242424242", customer);
    }
    void pay(const CheckoutSession& session) override {
        const http::testing::Reply reply =
            server_.post(SandboxServer::path_of(session), "action=pay&card=4242424242424242");
        QUIPU_CHECK(reply.status == 200);
    }
    SignedWebhook webhook() override {
        (void)save_method("cus_1", false);
        const Received received = server_.await_webhooks(1).front();
        return {"X-Sandbox-Signature", received.signature, received.body};
    }

private:
    SandboxServer server_;
};

class FakeHarness final : public ProviderHarness {
public:
    base::Result<CheckoutSession> checkout(const CheckoutRequest& request) override {
        return wait<CheckoutSession>(
            [&](auto done) { fake_.create_checkout(request, std::move(done)); });
    }
    base::Result<ChargeResult> charge(const ChargeRequest& request) override {
        return wait<ChargeResult>([&](auto done) { fake_.charge(request, std::move(done)); });
    }
    base::Result<RefundResult> refund(const RefundRequest& request) override {
        return wait<RefundResult>([&](auto done) { fake_.refund(request, std::move(done)); });
    }
    base::Result<ProviderEvent> parse(const std::string& organisation,
                                      const http::HttpRequest& request) override {
        return fake_.parse_webhook(organisation, request);
    }
    std::string save_method(const std::string& customer, bool fails) override {
        const std::string id = "pm_" + std::to_string(fake_.methods.size());
        fake_.methods[{"org_1", id}] = {customer, fails};
        return id;
    }
    void pay(const CheckoutSession& session) override { fake_.pay(session.reference); }
    SignedWebhook webhook() override {
        fake_.sent["{}"].id = "evt_1";
        return {std::string(quipu::testing::FakeProvider::kSignatureHeader),
                quipu::testing::FakeProvider::signature("org_1", "{}"), "{}"};
    }

private:
    template <typename Answer>
    base::Result<Answer> wait(const auto& call) {
        std::optional<base::Result<Answer>> got;
        call([&](const base::Result<Answer>& answer) { got = answer; });
        QUIPU_CHECK(!got);
        fake_.answer_all();
        return std::move(got).value();
    }

    quipu::testing::FakeProvider fake_;
};

INSTANTIATE_TEST_SUITE_P(Sandbox, PaymentProviderContract, ::testing::Values(HarnessMaker([] {
                             return std::make_unique<SandboxHarness>();
                         })));
INSTANTIATE_TEST_SUITE_P(Fake, PaymentProviderContract, ::testing::Values(HarnessMaker([] {
                             return std::make_unique<FakeHarness>();
                         })));

TEST(ManualProvider, RefusesEverythingAndSaysWhatToDo) {
    http::EngineLoop loop;
    ManualProvider manual(loop);
    EXPECT_EQ(manual.name(), "manual");
    std::vector<base::Error> errors;
    const auto keep = [&](const auto& result) {
        ASSERT_FALSE(result);
        errors.push_back(result.error());
        if (errors.size() == 3) loop.stop();
    };
    manual.create_checkout(checkout_of("pi_1"), keep);
    manual.charge(charge_of("pi_1", "pm_1"), keep);
    manual.refund(refund_of("re_1", "pi_1", 1), keep);
    EXPECT_TRUE(errors.empty());
    loop.run();
    ASSERT_EQ(errors.size(), 3);
    for (const base::Error& error : errors) {
        EXPECT_EQ(error.code, base::ErrorCode("provider_refused"));
        EXPECT_NE(error.message, "");
    }
    EXPECT_EQ(code_of(manual.parse_webhook("org_1", {})), "signature_invalid");
}

}  // namespace
}  // namespace quipu::payments::testing
