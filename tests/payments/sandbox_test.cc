// The sandbox over real HTTP: pages, charges, webhooks, misbehaviour and restarts.
#include "api/payments/sandbox.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "payments/sandbox/controls.h"
#include "payments/sandbox/event.h"
#include "payments/sandbox_fixture.h"

namespace quipu::payments::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGood = "4242+4242+4242+4242";  // spaces, as a form sends them
constexpr std::string_view kDeclined = "4000000000000002";
constexpr std::string_view kConfirmed = "4000002500003155";
constexpr std::string_view kFailsLater = "4000000000000341";

std::string pay_with(std::string_view card) {
    return fmt::format("card={}&action=pay", card);
}

class Sandbox : public ::testing::Test {
protected:
    std::string open(const std::string& intent, std::int64_t amount = 2900,
                     const std::string& callback = "") {
        CheckoutRequest request = checkout_of(intent, amount);
        request.callback_url = callback;
        const auto session = sandbox_.checkout(request);
        EXPECT_TRUE(session) << session.error().message;
        return SandboxServer::path_of(*session);
    }
    static std::string id_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }
    void set_clock(const char* iso) { sandbox_.clock().set(*base::parse_instant(iso)); }

    SandboxServer sandbox_;
};

using SandboxPages = Sandbox;
using SandboxWebhookDelivery = Sandbox;
using SandboxRestart = Sandbox;
using SandboxBehaves = Sandbox;

TEST_F(SandboxPages, AGoodCardPaysOnceHoweverOftenTheFormIsSent) {
    const std::string path = open("pi_1", 2900, "https://app.test/done?plan=pro");
    EXPECT_TRUE(sandbox_.get(path).body.find("29.00 USD") != std::string::npos);
    for (int i = 0; i < 3; ++i) {
        const http::testing::Reply reply = sandbox_.post(path, pay_with(kGood));
        EXPECT_EQ(reply.status, 303);
        EXPECT_TRUE(reply.has(
            fmt::format("Location: https://app.test/done?plan=pro&reference={}&status=success\r\n",
                        id_of(path))))
            << reply.head;
    }
    // A late "leave" changes nothing either.
    EXPECT_TRUE(sandbox_.post(path, "action=abandon").has("status=success"));
    const Received paid = sandbox_.await_webhooks(1).front();
    ASSERT_TRUE(paid.event) << paid.event.error().message;
    EXPECT_EQ(paid.path, "/webhooks/org_1/sandbox");
    EXPECT_EQ(paid.event->type, ProviderEventType::PaymentSucceeded);
    EXPECT_TRUE(paid.event->id.starts_with("evt_"));
    EXPECT_EQ(paid.event->intent, "pi_1");
    EXPECT_EQ(paid.event->customer, "cus_1");
    EXPECT_EQ(paid.event->attempt, 0);
    EXPECT_EQ(paid.event->amount_minor, 2900);
    EXPECT_EQ(paid.event->currency, base::Currency("USD"));
    EXPECT_EQ(paid.event->reference, id_of(path));
    const ledger::PaymentMethod method = paid.event->method.value();
    EXPECT_TRUE(method.id.starts_with("pm_"));
    EXPECT_EQ(method.provider, "sandbox");
    EXPECT_EQ(method.brand, "visa");
    EXPECT_EQ(method.last4, "4242");
    EXPECT_EQ(method.exp_month, 12);
    EXPECT_EQ(method.exp_year, 2030);
    // One more fact behind it shows that there was no second payment.
    sandbox_.post(open("pi_2"), "action=abandon");
    sandbox_.await_webhook_of("pi_2");
    EXPECT_EQ(sandbox_.webhooks(), 2);
}

TEST_F(SandboxPages, WithoutACallbackThePageItselfTellsTheResult) {
    const std::string path = open("pi_1");
    const http::testing::Reply reply = sandbox_.post(path, pay_with(kGood));
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(reply.has("Content-Type: text/html; charset=utf-8"));
    EXPECT_NE(reply.body.find("Paid. Thank you."), std::string::npos);
    EXPECT_NE(sandbox_.get(path).body.find("Paid. Thank you."), std::string::npos);
}

TEST_F(SandboxPages, ADeclinedCardLeavesTheSessionOpen) {
    const std::string path = open("pi_1");
    for (const std::string& form : {pay_with(kDeclined), std::string("action=decline")}) {
        const http::testing::Reply reply = sandbox_.post(path, form);
        EXPECT_EQ(reply.status, 402);
        EXPECT_NE(reply.body.find("was declined"), std::string::npos);
        EXPECT_NE(reply.body.find("name=\"card\""), std::string::npos);
    }
    EXPECT_EQ(sandbox_.post(path, pay_with(kGood)).status, 200);
    EXPECT_EQ(sandbox_.await_webhooks(1).front().event->type, ProviderEventType::PaymentSucceeded);
}

TEST_F(SandboxPages, ACardMayNeedAConfirmation) {
    const std::string path = open("pi_1");
    const http::testing::Reply asked = sandbox_.post(path, pay_with(kConfirmed));
    EXPECT_EQ(asked.status, 200);
    const auto token_in = [](const std::string& body) {
        const std::string label = "name=\"confirmation\" value=\"";
        const std::size_t at = body.find(label);
        return at == std::string::npos
                   ? std::string("none")
                   : body.substr(at + label.size(),
                                 body.find('"', at + label.size()) - at - label.size());
    };
    const std::string stale = token_in(asked.body);
    EXPECT_TRUE(stale.starts_with("cn_")) << asked.body;
    EXPECT_NE(sandbox_.get(path).body.find("needs confirmation"), std::string::npos);
    EXPECT_EQ(sandbox_.post(path, "action=confirm").status, 400);
    EXPECT_EQ(sandbox_.post(path, "action=confirm&confirmation=cn_guess").status, 400);
    EXPECT_EQ(sandbox_.webhooks(), 0);

    EXPECT_EQ(sandbox_.post(path, "action=decline").status, 402);
    EXPECT_EQ(sandbox_.post(path, "action=confirm&confirmation=" + stale).status, 400);
    const std::string token = token_in(sandbox_.post(path, pay_with(kConfirmed)).body);
    EXPECT_NE(token, stale);
    const http::testing::Reply paid = sandbox_.post(path, "action=confirm&confirmation=" + token);
    EXPECT_EQ(paid.status, 200);
    EXPECT_NE(paid.body.find("Paid."), std::string::npos);
    EXPECT_EQ(sandbox_.await_webhooks(1).front().event->method->last4, "3155");
}

TEST_F(SandboxPages, ASetupPageSavesACardAndChargesNothing) {
    const std::string path = open("pi_1", 0);
    EXPECT_NE(sandbox_.get(path).body.find("Save card"), std::string::npos);
    EXPECT_EQ(sandbox_.post(path, pay_with(kGood)).status, 200);
    const auto event = sandbox_.await_webhooks(1).front().event;
    EXPECT_EQ(event->type, ProviderEventType::MethodAdded);
    EXPECT_EQ(event->amount_minor, 0);
    EXPECT_TRUE(event->method);
    EXPECT_FALSE(sandbox_.refund({"re_1", "pi_1", "org_1", 1, "USD"}));
}

TEST_F(SandboxPages, ACardThatFailsLaterPaysNow) {
    EXPECT_EQ(sandbox_.post(open("pi_1"), pay_with(kFailsLater)).status, 200);
    const auto paid = sandbox_.await_webhooks(1).front().event;
    EXPECT_EQ(paid->type, ProviderEventType::PaymentSucceeded);
    const auto charge = sandbox_.charge(charge_of("pi_2", paid->method->id));
    ASSERT_TRUE(charge);
    EXPECT_EQ(charge->failure, "card_declined");
    EXPECT_FALSE(charge->permanent);
    const auto failed = sandbox_.await_webhook_of("pi_2").event;
    EXPECT_EQ(failed->type, ProviderEventType::PaymentFailed);
    EXPECT_EQ(failed->attempt, 1);
    EXPECT_EQ(failed->failure, "card_declined");
    EXPECT_EQ(failed->reference, charge->reference);
    EXPECT_EQ(failed->method->id, paid->method->id);
}

TEST_F(SandboxPages, WhoLeavesEndsTheSession) {
    const std::string path = open("pi_1", 2900, "https://app.test/");
    EXPECT_TRUE(sandbox_.post(path, "action=abandon").has("status=abandoned"));
    EXPECT_TRUE(sandbox_.post(path, pay_with(kGood)).has("status=abandoned"));
    const auto event = sandbox_.await_webhooks(1).front().event;
    EXPECT_EQ(event->type, ProviderEventType::CheckoutAbandoned);
    EXPECT_EQ(event->intent, "pi_1");
    EXPECT_FALSE(event->method);
    EXPECT_NE(sandbox_.get(path).body.find("abandoned"), std::string::npos);
}

TEST_F(SandboxPages, AnExpiredSessionTakesNoMoney) {
    const std::string path = open("pi_1");
    set_clock("2026-03-20T12:59:59.999Z");
    EXPECT_NE(sandbox_.get(path).body.find("Status: open"), std::string::npos);
    set_clock("2026-03-20T13:00:00Z");
    EXPECT_NE(sandbox_.get(path).body.find("expired"), std::string::npos);
    for (const std::string& form : {pay_with(kGood), std::string("action=abandon")})
        EXPECT_EQ(sandbox_.post(path, form).status, 410);
    EXPECT_FALSE(sandbox_.refund({"re_1", "pi_1", "org_1", 1, "USD"}));
}

TEST_F(SandboxPages, WhatIsNotUnderstoodIsRefusedInAPage) {
    const std::string path = open("pi_1");
    for (const char* card : {"4111111111111111", "", "abc", "%3Cscript%3E"}) {
        const http::testing::Reply reply = sandbox_.post(path, pay_with(card));
        EXPECT_EQ(reply.status, 400) << card;
        EXPECT_NE(reply.body.find("none of the test cards"), std::string::npos);
        EXPECT_EQ(reply.body.find("<script"), std::string::npos);
    }
    EXPECT_EQ(sandbox_.post(path, "card=4242424242424242").status, 400);
    EXPECT_EQ(sandbox_.post(path, "action=steal").status, 400);
    EXPECT_EQ(sandbox_.ask(http::testing::post_text(path, "{}")).status, 415);  // JSON
    EXPECT_EQ(sandbox_.get("/sandbox/checkout/cs_unknown").status, 404);
    EXPECT_EQ(sandbox_.post("/sandbox/checkout/cs_unknown", pay_with(kGood)).status, 404);
    for (const char* nowhere : {"/sandbox/", "/sandbox/checkout/", "/sandbox/other"})
        EXPECT_EQ(sandbox_.get(nowhere).status, 404) << nowhere;
    const http::testing::Reply put =
        sandbox_.ask(fmt::format("PUT {} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", path));
    EXPECT_EQ(put.status, 405);
    EXPECT_TRUE(put.has("Allow: GET, POST"));
    EXPECT_NE(sandbox_.get(path).body.find("Status: open"), std::string::npos);
}

TEST_F(SandboxPages, APageWhoseIntentWasChargedMeanwhileTakesNoMoney) {
    const std::string method = sandbox_.save_card("4242424242424242", "cus_1");
    const std::string path = open("pi_1", 1500);
    ASSERT_TRUE(sandbox_.charge(charge_of("pi_1", method))->succeeded);
    EXPECT_NE(sandbox_.get(path).body.find("Paid."), std::string::npos);
    EXPECT_EQ(sandbox_.post(path, pay_with(kGood)).status, 200);
    EXPECT_FALSE(sandbox_.refund({"re_1", "pi_1", "org_1", 1501, "USD"}));
    EXPECT_TRUE(sandbox_.refund({"re_2", "pi_1", "org_1", 1500, "USD"}));
}

TEST_F(SandboxPages, ACallbackThatIsNoUrlIsRefused) {
    for (const char* callback : {"javascript:alert(1)", "/done", "https://a.test/\r\nX: y"}) {
        CheckoutRequest request = checkout_of("pi_1");
        request.callback_url = callback;
        const auto session = sandbox_.checkout(request);
        ASSERT_FALSE(session) << callback;
        EXPECT_EQ(session.error().code, base::ErrorCode("provider_refused"));
    }
}

TEST_F(SandboxPages, NoCardNumberIsOnTheDisk) {
    for (const std::string_view card : {kGood, kConfirmed, kFailsLater, kDeclined})
        sandbox_.post(open(fmt::format("pi_{}", card)), pay_with(card));
    sandbox_.post(open("pi_wrong"), pay_with("5555555555554444"));
    sandbox_.restart();  // what was in memory is in files
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(sandbox_.folder())) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string text((std::istreambuf_iterator<char>(in)), {});
        for (const char* number : {"4242424242424242", "5555555555554444", "4000000000000341"})
            EXPECT_EQ(text.find(number), std::string::npos) << entry.path();
        ++files;
    }
    EXPECT_GT(files, 2);
}

TEST_F(SandboxWebhookDelivery, TellsOfChargesAndRefundsWithTheirReferences) {
    const std::string method = sandbox_.save_card("4242424242424242", "cus_1");
    const auto charge = sandbox_.charge(charge_of("pi_1", method, 2));
    const auto charged = sandbox_.await_webhook_of("pi_1").event;
    EXPECT_EQ(charged->type, ProviderEventType::PaymentSucceeded);
    EXPECT_EQ(charged->attempt, 2);
    EXPECT_EQ(charged->amount_minor, 1500);
    EXPECT_EQ(charged->reference, charge->reference);
    EXPECT_EQ(charged->method->id, method);
    const auto refund = sandbox_.refund({"re_1", "pi_1", "org_1", 700, "USD"});
    const auto refunded = sandbox_.await_webhooks(3).back();
    EXPECT_EQ(refunded.event->type, ProviderEventType::PaymentRefunded);
    EXPECT_EQ(refunded.event->amount_minor, 700);
    EXPECT_EQ(refunded.event->customer, "cus_1");
    EXPECT_EQ(refunded.event->reference, refund->reference);
    EXPECT_NE(refunded.body.find(R"("refund":"re_1")"), std::string::npos);
}

TEST_F(SandboxWebhookDelivery, TriesAgainUntilItIsTaken) {
    sandbox_.answer_webhooks_with(500);
    sandbox_.post(open("pi_1"), pay_with(kGood));
    const auto tries = sandbox_.await_webhooks(3);
    EXPECT_EQ(tries[0].body, tries[2].body);
    sandbox_.answer_webhooks_with(204);
    const std::size_t before = sandbox_.webhooks();
    sandbox_.await_webhooks(before + 1);
    EXPECT_TRUE(sandbox_.await_undelivered(0)) << "it is still being sent";
}

TEST(SandboxWebhooksBound, AreGivenUpAfterSoManyAttempts) {
    SandboxServer sandbox({1ms, 1ms, 3});
    sandbox.answer_webhooks_with(0);  // no route: dropped, 500
    const auto session = sandbox.checkout(checkout_of("pi_1"));
    sandbox.post(SandboxServer::path_of(*session), pay_with(kGood));
    sandbox.await_webhooks(3);
    EXPECT_TRUE(sandbox.await_undelivered(0));
    EXPECT_EQ(sandbox.webhooks(), 3);
}

TEST_F(SandboxWebhookDelivery, EveryOrganisationHasASecretOfItsOwn) {
    (void)sandbox_.save_card("4242424242424242", "cus_1");
    const Received received = sandbox_.await_webhooks(1).front();
    std::string first, again, other;
    sandbox_.on_engine([&] {
        first = *sandbox_.provider().webhook_secret("org_1");
        again = *sandbox_.provider().webhook_secret("org_1");
        other = *sandbox_.provider().webhook_secret("org_2");
    });
    EXPECT_TRUE(first.starts_with("whsec_"));
    EXPECT_EQ(first, again);
    EXPECT_NE(first, other);
    const std::array<http::HttpField, 1> headers = {
        http::HttpField{kSandboxSignatureHeader, received.signature}};
    http::HttpRequest request;
    request.body = received.body;
    request.headers = headers;
    sandbox_.on_engine([&] {
        const auto event = sandbox_.provider().parse_webhook("org_2", request);
        ASSERT_FALSE(event);
        EXPECT_EQ(event.error().code, base::ErrorCode("signature_invalid"));
        EXPECT_TRUE(sandbox_.provider().parse_webhook("org_1", request));
    });
}

TEST_F(SandboxRestart, ForgetsNothingThatWasAnswered) {
    const std::string method = sandbox_.save_card("4242424242424242", "cus_1");
    const auto session = sandbox_.checkout(checkout_of("pi_page"));
    const auto charge = sandbox_.charge(charge_of("pi_1", method));
    const auto refund = sandbox_.refund({"re_1", "pi_1", "org_1", 500, "USD"});
    std::string secret;
    sandbox_.on_engine([&] { secret = *sandbox_.provider().webhook_secret("org_1"); });

    sandbox_.kill();
    EXPECT_EQ(sandbox_.checkout(checkout_of("pi_page"))->url, session->url);
    EXPECT_EQ(sandbox_.charge(charge_of("pi_1", method))->reference, charge->reference);
    EXPECT_EQ(sandbox_.refund({"re_1", "pi_1", "org_1", 500, "USD"})->reference, refund->reference);
    EXPECT_FALSE(sandbox_.refund({"re_2", "pi_1", "org_1", 1001, "USD"}));
    EXPECT_TRUE(sandbox_.charge(charge_of("pi_2", method))->succeeded);
    sandbox_.on_engine([&] { EXPECT_EQ(*sandbox_.provider().webhook_secret("org_1"), secret); });
    const std::string path = SandboxServer::path_of(*session);
    EXPECT_EQ(sandbox_.post(path, pay_with(kGood)).status, 200);
    sandbox_.kill();
    EXPECT_NE(sandbox_.get(path).body.find("Paid."), std::string::npos);
}

TEST_F(SandboxRestart, InTheMiddleOfAConfirmationGoesOnThere) {
    const std::string path = open("pi_1");
    const std::string asked = sandbox_.post(path, pay_with(kConfirmed)).body;
    sandbox_.restart();
    const std::size_t at = asked.find("cn_");
    const std::string token = asked.substr(at, asked.find('"', at) - at);
    EXPECT_NE(sandbox_.post(path, "action=confirm&confirmation=" + token).body.find("Paid."),
              std::string::npos);
}

TEST_F(SandboxRestart, SendsTheWebhooksThatWereNotTaken) {
    sandbox_.answer_webhooks_with(503);
    sandbox_.post(open("pi_1"), pay_with(kGood));
    const std::string body = sandbox_.await_webhooks(1).front().body;
    sandbox_.stop_provider();
    const std::size_t before = sandbox_.webhooks();
    sandbox_.answer_webhooks_with(200);
    sandbox_.start_provider();
    EXPECT_EQ(sandbox_.await_webhooks(before + 1).back().body, body);
    sandbox_.post(open("pi_2"), "action=abandon");  // its number is not one of before
    EXPECT_EQ(sandbox_.await_webhook_of("pi_2").event->type, ProviderEventType::CheckoutAbandoned);
}

TEST_F(SandboxBehaves, ChargesAsTold) {
    const std::string method = sandbox_.save_card("4242424242424242", "cus_1");
    sandbox_.behave({.charges = SandboxCharges::Unavailable});
    const auto unavailable = sandbox_.charge(charge_of("pi_1", method));
    ASSERT_FALSE(unavailable);
    EXPECT_EQ(unavailable.error().code, base::ErrorCode("provider_unavailable"));
    sandbox_.behave({.charges = SandboxCharges::Decline});
    EXPECT_EQ(sandbox_.charge(charge_of("pi_1", method))->failure, "card_declined");
    EXPECT_EQ(sandbox_.post(open("pi_page"), pay_with(kGood)).status, 200);
    sandbox_.behave({});
    EXPECT_FALSE(sandbox_.charge(charge_of("pi_1", method))->succeeded);  // the first answer
    EXPECT_TRUE(sandbox_.charge(charge_of("pi_1", method, 2))->succeeded);
}

TEST_F(SandboxBehaves, SendsWebhooksTwiceOrNever) {
    sandbox_.behave({.webhooks = SandboxWebhookConduct::Never});
    sandbox_.post(open("pi_never"), pay_with(kGood));
    sandbox_.behave({.webhooks = SandboxWebhookConduct::Twice});
    sandbox_.post(open("pi_twice"), pay_with(kGood));
    const auto got = sandbox_.await_webhooks(2);
    EXPECT_EQ(got[0].event->intent, "pi_twice");
    EXPECT_EQ(got[0].event->id, got[1].event->id);
}

TEST_F(SandboxBehaves, SendsLateWebhooksLaterOrWhenFlushed) {
    sandbox_.behave({.webhooks = SandboxWebhookConduct::Late, .delay = 1h});
    sandbox_.post(open("pi_late"), pay_with(kGood));
    sandbox_.behave({});
    sandbox_.post(open("pi_now"), pay_with(kGood));
    EXPECT_EQ(sandbox_.await_webhooks(1).front().event->intent, "pi_now");
    sandbox_.on_engine([&] { sandbox_.provider().flush("org_2"); });
    // What is flushed goes at once: before this one, which is asked for and paid after it.
    sandbox_.post(open("pi_then"), pay_with(kGood));
    sandbox_.await_webhook_of("pi_then");
    EXPECT_TRUE(sandbox_.await_undelivered(1));
    EXPECT_EQ(sandbox_.webhooks(), 2);
    sandbox_.restart();  // late ones are kept
    sandbox_.on_engine([&] { sandbox_.provider().flush("org_1"); });
    EXPECT_EQ(sandbox_.await_webhook_of("pi_late").event->type,
              ProviderEventType::PaymentSucceeded);

    sandbox_.behave({.webhooks = SandboxWebhookConduct::Late, .delay = 150ms});
    const auto before = std::chrono::steady_clock::now();
    sandbox_.post(open("pi_soon"), pay_with(kGood));
    sandbox_.await_webhook_of("pi_soon");
    EXPECT_GE(std::chrono::steady_clock::now() - before, 150ms);
}

TEST_F(SandboxBehaves, IsToldByJson) {
    const auto tell = [&](std::string_view json) {
        base::Result<http::HttpResponse> answer;
        sandbox_.on_engine([&] {
            base::JsonReader reader;
            answer = api::control_sandbox(sandbox_.provider(), "org_1", *reader.read(json));
        });
        return answer ? answer->body : std::string(answer.error().code.text());
    };
    EXPECT_EQ(
        tell(R"({"charges":"decline","webhooks":"late","delayMs":250})"),
        R"({"success":true,"charges":"decline","webhooks":"late","delayMs":250,"flush":false})");
    EXPECT_EQ(
        tell(R"({"webhooks":"twice","flush":true})"),
        R"({"success":true,"charges":"decline","webhooks":"twice","delayMs":250,"flush":true})");
    for (const char* wrong : {R"({"charges":"sometimes"})", R"({"webhooks":7})", "[]",
                              R"({"charges":"ok","delayMs":-1})", R"({"delayMs":86400001})"})
        EXPECT_EQ(tell(wrong), "validation_error") << wrong;
    sandbox_.on_engine([&] {
        EXPECT_EQ(sandbox_.provider().behaviour("org_1"),
                  (SandboxBehaviour{SandboxCharges::Decline, SandboxWebhookConduct::Twice, 250ms}));
        EXPECT_EQ(sandbox_.provider().behaviour("org_2"), SandboxBehaviour{});
    });
}

}  // namespace
}  // namespace quipu::payments::testing
