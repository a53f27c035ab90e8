// The sandbox's pure parts: cards, money, pages, signatures, events, rows.
#include <gtest/gtest.h>

#include <limits>

#include "payments/sandbox/cards.h"
#include "payments/sandbox/checkout.h"
#include "payments/sandbox/event.h"
#include "payments/sandbox/page.h"
#include "payments/sandbox/records.h"

namespace quipu::payments {
namespace {

SandboxSession session_of(std::int64_t amount) {
    SandboxSession session;
    session.id = "cs_1";
    session.request = {.intent = "pi_1",
                       .organisation = "org_1",
                       .customer = "cus_1",
                       .email = "ada@example.com",
                       .description = "Pro plan",
                       .amount_minor = amount,
                       .currency = "USD",
                       .callback_url = "https://app.test/done",
                       .expires_at = base::Instant{77}};
    return session;
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

TEST(SandboxCards, AreFoundWithSpacesAndNothingElseIs) {
    for (const TestCard& card : test_cards()) {
        EXPECT_EQ(find_test_card(card.number), &card);
        EXPECT_EQ(find_test_card(" " + grouped(card.number) + " "), &card);
    }
    EXPECT_EQ(grouped("4242424242424242"), "4242 4242 4242 4242");
    EXPECT_EQ(find_test_card("4000002500003155")->last4(), "3155");
    for (const char* wrong : {"", "4242", "4242424242424241", "4242-4242-4242-4242",
                              "42424242424242424242", "5555555555554444"})
        EXPECT_EQ(find_test_card(wrong), nullptr) << wrong;
    EXPECT_EQ(find_test_card(std::string(1000, ' ') + "4242424242424242"), nullptr);
}

TEST(SandboxPage, WritesMoneyAsItsCurrencyDoes) {
    EXPECT_EQ(money_text(2900, "USD"), "29.00 USD");
    EXPECT_EQ(money_text(5, "eur"), "0.05 EUR");
    EXPECT_EQ(money_text(0, "EUR"), "0.00 EUR");
    EXPECT_EQ(money_text(2900, "JPY"), "2900 JPY");
    EXPECT_EQ(money_text(1234, "KWD"), "1.234 KWD");
    EXPECT_EQ(money_text(-5, "USD"), "-0.05 USD");
    EXPECT_EQ(money_text(std::numeric_limits<std::int64_t>::min(), "USD"),
              "-92233720368547758.08 USD");
}

TEST(SandboxPage, EscapesEverythingThatCameFromOutside) {
    SandboxSession session = session_of(2900);
    const std::string evil = "<script>alert('x')</script>\"&";
    session.request.organisation = session.request.description = session.request.email =
        session.method.brand = session.method.last4 = session.confirmation = evil;
    for (const SandboxState state : {SandboxState::Open, SandboxState::NeedsConfirmation,
                                     SandboxState::Paid, SandboxState::Abandoned}) {
        session.state = state;
        const std::string page = checkout_page(session, false, evil);
        EXPECT_FALSE(has(page, "<script")) << page;
        EXPECT_FALSE(has(page, "alert('")) << page;
        EXPECT_FALSE(has(page, "<SCRIPT")) << page;
        EXPECT_TRUE(has(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"));
    }
    EXPECT_FALSE(has(message_page(evil, evil), "<script"));
}

TEST(SandboxPage, SaysWhatStateTheSessionIsIn) {
    SandboxSession session = session_of(2900);
    const std::string open = checkout_page(session, false, "");
    for (const char* part :
         {"Status: open", "29.00 USD", "Pro plan", "org_1", "method=\"post\"",
          "<label for=\"card\">", "id=\"card\" name=\"card\"",
          "name=\"action\" value=\"pay\">Pay 29.00 USD<", "name=\"action\" value=\"decline\"",
          "name=\"action\" value=\"abandon\"", "4242 4242 4242 4242", "4000 0000 0000 0002",
          "4000 0025 0000 3155", "4000 0000 0000 0341", "<html lang=\"en\">", "name=\"viewport\""})
        EXPECT_TRUE(has(open, part)) << part;
    EXPECT_FALSE(has(open, "role=\"alert\""));
    EXPECT_TRUE(has(checkout_page(session, false, "No."), "role=\"alert\">No.<"));
    const std::string expired = checkout_page(session, true, "");
    EXPECT_TRUE(has(expired, "expired"));
    EXPECT_FALSE(has(expired, "<form"));

    session.state = SandboxState::NeedsConfirmation;
    session.confirmation = "cn_7";
    const std::string confirm = checkout_page(session, false, "");
    for (const char* part : {"Status: needs confirmation", "name=\"confirmation\" value=\"cn_7\"",
                             "name=\"action\" value=\"confirm\"", "value=\"decline\""})
        EXPECT_TRUE(has(confirm, part)) << part;
    EXPECT_FALSE(has(confirm, "name=\"card\""));

    session.state = SandboxState::Paid;
    EXPECT_TRUE(has(checkout_page(session, false, ""), "Paid. Thank you."));
    EXPECT_FALSE(has(checkout_page(session, false, ""), "<form"));
    session.state = SandboxState::Abandoned;
    EXPECT_TRUE(has(checkout_page(session, false, ""), "abandoned"));
    session = session_of(0);
    EXPECT_TRUE(has(checkout_page(session, false, ""), ">Save card<"));
    EXPECT_FALSE(has(checkout_page(session, false, ""), "0.00"));
}

TEST(SandboxCheckout, AddsToTheCallbackWithoutBreakingIt) {
    const auto with = [](std::string_view url) { return callback_with(url, "cs_1", "success"); };
    EXPECT_EQ(with("https://a.test/x"), "https://a.test/x?reference=cs_1&status=success");
    EXPECT_EQ(with("https://a.test/x?y=1"), "https://a.test/x?y=1&reference=cs_1&status=success");
    EXPECT_EQ(with("https://a.test/x?"), "https://a.test/x?reference=cs_1&status=success");
    EXPECT_EQ(with("https://a.test/x?y=1&"), "https://a.test/x?y=1&reference=cs_1&status=success");
    EXPECT_EQ(with("https://a.test/#/r?z"), "https://a.test/?reference=cs_1&status=success#/r?z");
}

constexpr base::Instant kNow{1'800'000'000'500'000};

TEST(SandboxSignature, HoldsForFiveMinutesEitherWay) {
    const std::string header = sandbox_signature("whsec_a", "body", kNow);
    EXPECT_TRUE(header.starts_with("t=1800000000,v1=")) << header;
    EXPECT_EQ(header.size(), std::string_view("t=1800000000,v1=").size() + 64);
    const auto verify_at = [&](std::int64_t seconds) {
        const base::Instant now{kNow.micros + seconds * base::kMicrosPerSecond};
        return verify_sandbox_signature(header, "whsec_a", "body", now).has_value();
    };
    for (const std::int64_t seconds : {0, 300, -300}) EXPECT_TRUE(verify_at(seconds)) << seconds;
    for (const std::int64_t seconds : {301, -301, 86400}) EXPECT_FALSE(verify_at(seconds));
}

TEST(SandboxSignature, IsOfThisSecretThisBodyAndThisTime) {
    const std::string good = sandbox_signature("whsec_a", "body", kNow);
    const auto code = [](std::string_view header, std::string_view secret, std::string_view body) {
        const auto verified = verify_sandbox_signature(header, secret, body, kNow);
        return verified ? "ok" : std::string(verified.error().code.text());
    };
    EXPECT_EQ(code(good, "whsec_a", "body"), "ok");
    EXPECT_EQ(code("", "whsec_a", "body"), "signature_missing");
    EXPECT_EQ(code(good, "whsec_b", "body"), "signature_invalid");
    EXPECT_EQ(code(good, "whsec_a", "bodY"), "signature_invalid");
    std::string later = good;
    later[11] = '1';  // 1800000001: the time is signed too
    EXPECT_EQ(code(later, "whsec_a", "body"), "signature_invalid");
    for (const std::string& broken :
         {std::string("v1=00"), std::string("t=1800000000"), std::string("t=,v1="),
          std::string("t=99999999999999999999,v1=00"), std::string("t=-1,v1=00"),
          std::string("t=9223372036854775807,v1=00"), good + ",v0=1", good.substr(0, 70)})
        EXPECT_EQ(code(broken, "whsec_a", "body"), "signature_invalid") << broken;
}

ProviderEvent full_event() {
    return {.id = "evt_1",
            .type = ProviderEventType::PaymentFailed,
            .intent = "pi_1",
            .customer = "cus_1",
            .attempt = 3,
            .amount_minor = 9'007'199'254'740'993,
            .currency = "USD",
            .reference = "ch_1",
            .method = ledger::PaymentMethod{.id = "pm_1",
                                            .provider = "sandbox",
                                            .type = ledger::PaymentMethodType::Card,
                                            .brand = "visa",
                                            .last4 = "0341",
                                            .exp_month = 12,
                                            .exp_year = 2030,
                                            .added_at = base::from_millis(1234),
                                            .least_charges = sandbox_least_charges()},
            .failure = "card_declined",
            .message = "It \"was\" declined.",
            .permanent = true};
}

// Of before currencies had a type: the sandbox's rows and unsent webhooks are made by nobody again.
TEST(SandboxRecords, ACurrencyOfBeforeIsReadInEitherCase) {
    const SandboxPayment payment{"ch_1", "cus_1", 2900, 0, "USD"};
    std::string row = encode(payment);
    row.replace(row.find("USD"), 3, "usd");
    EXPECT_EQ(decode_payment(row), payment);
    row.replace(row.find("usd"), 3, "xxx");
    EXPECT_EQ(decode_payment(row), std::nullopt);

    std::string body = sandbox_event_body(full_event(), "org_1", "re_1", base::from_millis(1234));
    body.replace(body.find("\"USD\""), 5, "\"usd\"");
    base::JsonReader reader;
    EXPECT_EQ(read_sandbox_event(reader, "org_1", body).value().currency, base::Currency("USD"));
}

TEST(SandboxEvent, ComesBackAsItWasSent) {
    base::JsonReader reader;
    const ProviderEvent sent = full_event();
    const auto got = read_sandbox_event(
        reader, "org_1", sandbox_event_body(sent, "org_1", "re_1", base::from_millis(1234)));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->id, sent.id);
    EXPECT_EQ(got->type, sent.type);
    EXPECT_EQ(got->intent, sent.intent);
    EXPECT_EQ(got->customer, sent.customer);
    EXPECT_EQ(got->attempt, sent.attempt);
    EXPECT_EQ(got->amount_minor, sent.amount_minor);
    EXPECT_EQ(got->currency, sent.currency);
    EXPECT_EQ(got->reference, sent.reference);
    EXPECT_EQ(got->method, sent.method);
    EXPECT_EQ(got->failure, sent.failure);
    EXPECT_EQ(got->message, sent.message);
    EXPECT_EQ(got->permanent, sent.permanent);
    for (const auto type :
         {ProviderEventType::PaymentSucceeded, ProviderEventType::MethodAdded,
          ProviderEventType::PaymentRefunded, ProviderEventType::CheckoutAbandoned}) {
        ProviderEvent event = sent;
        event.type = type;
        event.method.reset();
        const auto read =
            read_sandbox_event(reader, "org_1", sandbox_event_body(event, "org_1", "", {}));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->type, type);
        EXPECT_FALSE(read->method);
    }
}

TEST(SandboxEvent, OfAnUnknownTypeIsSkippedAndABrokenOneIsRefused) {
    base::JsonReader reader;
    const auto unknown = read_sandbox_event(reader, "org_1", R"({"id":"evt_1","type":"new.kind"})");
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->type, ProviderEventType::Unknown);
    EXPECT_EQ(unknown->id, "evt_1");

    const std::string good = sandbox_event_body(full_event(), "org_1", "", {});
    const auto code = [&](const std::string& body) {
        const auto read = read_sandbox_event(reader, "org_1", body);
        return read ? "ok" : std::string(read.error().code.text());
    };
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string body = good;
        return body.replace(body.find(from), from.size(), to);
    };
    EXPECT_EQ(code(good), "ok");
    for (const std::string& body :
         {std::string(), std::string("[]"), std::string("{}"), changed("\"evt_1\"", "\"\""),
          changed("\"org_1\"", "\"org_2\""), changed("\"attempt\":3", "\"attempt\":-3"),
          changed("9007199254740993", "1e3"), changed("9007199254740993", "1.5"),
          changed("\"pi_1\"", "7"), changed("\"pm_1\"", "null"), changed("\"data\"", "\"date\"")})
        EXPECT_EQ(code(body), "payload_malformed") << body;
}

TEST(SandboxRecords, ComeBackAsTheyWereWrittenAndDamageIsSeen) {
    SandboxSession session = session_of(2900);
    session.state = SandboxState::NeedsConfirmation;
    session.confirmation = "cn_1";
    session.method = {"pm_1", "org_1", "cus_1", "visa", "3155", true, base::Instant{5}};
    const std::string row = encode(session);
    const auto read = decode_session(row);
    ASSERT_TRUE(read);
    EXPECT_EQ(encode(*read), row);
    EXPECT_EQ(read->method, session.method);
    EXPECT_EQ(read->request.callback_url, "https://app.test/done");
    for (std::size_t size = 0; size < row.size(); ++size)
        EXPECT_FALSE(decode_session(std::string_view(row).substr(0, size))) << size;
    EXPECT_FALSE(decode_session(row + "x"));
    EXPECT_FALSE(decode_session("\2" + row.substr(1)));

    const SandboxWebhook webhook{9, "org_1", "{}", base::Instant{8}, 2};
    const auto back = decode_webhook(sandbox_webhook_key(9), encode(webhook));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->sequence, 9);
    EXPECT_EQ(back->attempts, 2);
    EXPECT_FALSE(decode_webhook("short", encode(webhook)));
    EXPECT_NE(sandbox_key("a", "bc"), sandbox_key("ab", "c"));
}

}  // namespace
}  // namespace quipu::payments
