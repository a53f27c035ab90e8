// The parts of the webhook sender that touch nothing: signature, body, schedule, guard, queue.
#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <limits>

#include "webhooks/body.h"
#include "webhooks/queue.h"
#include "webhooks/schedule.h"
#include "webhooks/signature.h"
#include "webhooks/target.h"

namespace quipu::webhooks {
namespace {

using base::Instant;

constexpr std::int64_t kSecond = base::kMicrosPerSecond;

// As published with the specification's reference libraries.
TEST(WebhookSignature, IsThatOfTheSpecification) {
    EXPECT_EQ(sign_webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                           1614265330, R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, KnowsASecretFromOtherText) {
    EXPECT_TRUE(is_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    EXPECT_TRUE(is_webhook_secret("whsec_" + std::string(48, 'a')));
    EXPECT_TRUE(is_webhook_secret("whsec_AAEC"));
    EXPECT_TRUE(is_webhook_secret("whsec_AA=="));
    for (const char* text : {"", "whsec_", "whsec_A", "whsec_AA*C", "MfKQ", "whsk_AAEC"})
        EXPECT_FALSE(is_webhook_secret(text)) << text;
}

TEST(WebhookBody, IsOneObjectWithExactNumbers) {
    ledger::Notification notification{
        .id = "ntf_1",
        .organisation = "org",
        .customer = "cus_1",
        .type = "invoice.paid",
        .at = *base::parse_instant("2026-03-20T12:00:00.5Z"),
        .facts = {{"invoice", "inv_\"1\""},
                  {"total", std::int64_t{-9007199254740993}},
                  {"usage", *base::Quantity::parse("123456789012.000000001")},
                  {"trial", true},
                  {"dueAt", *base::parse_instant("2026-04-20T00:00:00Z")}}};
    EXPECT_EQ(
        webhook_body(notification),
        R"({"id":"ntf_1","type":"invoice.paid","timestamp":"2026-03-20T12:00:00.500Z",)"
        R"("organisation":"org","data":{"invoice":"inv_\"1\"","total":-9007199254740993,)"
        R"("usage":123456789012.000000001,"trial":true,"dueAt":"2026-04-20T00:00:00.000Z"}})");
    notification.facts.clear();
    EXPECT_TRUE(webhook_body(notification).ends_with(R"("data":{}})"));
}

TEST(WebhookSchedule, IsThatOfTheSpecification) {
    WebhookOptions options;
    options.jitter_percent = 0;
    std::vector<std::int64_t> seconds;
    for (std::size_t step = 0;; ++step) {
        const auto delay = retry_delay(options, step, 0, 123);
        if (!delay) break;
        seconds.push_back(*delay / kSecond);
    }
    EXPECT_EQ(seconds, (std::vector<std::int64_t>{5, 300, 1800, 7200, 18'000, 36'000, 50'400,
                                                  72'000, 86'400}));
}

TEST(WebhookSchedule, JitterMovesADelayByAFifthAtMost) {
    const WebhookOptions options;
    EXPECT_EQ(retry_delay(options, 0, 0, 0), 4 * kSecond);
    EXPECT_EQ(retry_delay(options, 0, 0, 2 * kSecond), 6 * kSecond);
    EXPECT_EQ(retry_delay(options, 0, 0, 2 * kSecond + 1), 4 * kSecond);
    for (std::uint64_t random = 1; random != 0; random *= 3) {
        const auto delay = retry_delay(options, 1, 0, random);
        EXPECT_GE(delay, 240 * kSecond);
        EXPECT_LE(delay, 360 * kSecond);
        if (random > std::numeric_limits<std::uint64_t>::max() / 3) break;
    }
}

TEST(WebhookSchedule, RetryAfterMakesItLaterWithinReason) {
    const WebhookOptions options;
    EXPECT_EQ(retry_delay(options, 0, kSecond, 0), 4 * kSecond);
    EXPECT_EQ(retry_delay(options, 0, 90 * kSecond, 0), 90 * kSecond);
    EXPECT_EQ(retry_delay(options, 0, 90 * base::kMicrosPerDay, 0), base::kMicrosPerDay);
    EXPECT_EQ(retry_delay(options, 9, 90 * kSecond, 0), std::nullopt);
}

TEST(WebhookSchedule, RetryAfterIsReadInBothForms) {
    const Instant now = *base::parse_instant("2026-11-08T08:49:37Z");
    EXPECT_EQ(parse_retry_after("120", now), 120 * kSecond);
    EXPECT_EQ(parse_retry_after("Sun, 08 Nov 2026 08:50:37 GMT", now), 60 * kSecond);
    EXPECT_GT(parse_retry_after("99999999999", now), 90 * base::kMicrosPerDay);
    for (const char* text : {"", "-1", "soon", "1.5", "Sun, 08 Nov 2026 08:49:37 GMT",
                             "Sun, 08 Nov 2020 08:49:37 GMT", "99999999999999999999"})
        EXPECT_EQ(parse_retry_after(text, now), 0) << text;
}

http::IpAddress address(const char* text) {
    http::IpAddress address;
    address.v6 = std::string_view(text).find(':') != std::string_view::npos;
    EXPECT_EQ(::inet_pton(address.v6 ? AF_INET6 : AF_INET, text, address.bytes.data()), 1) << text;
    return address;
}

TEST(WebhookTarget, OnlyThePublicInternetIsPublic) {
    for (const char* text :
         {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
          "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0",
          "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
          "2606:4700::1111", "2a00:1450:4001::1", "2400:cb00::1"})
        EXPECT_TRUE(is_public_address(address(text))) << text;
    for (const char* text : {"0.0.0.0",
                             "0.1.2.3",
                             "10.0.0.1",
                             "10.255.255.255",
                             "100.64.0.1",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.255.254",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.1",
                             "192.0.2.1",
                             "192.88.99.1",
                             "192.168.0.1",
                             "198.18.0.1",
                             "198.19.255.255",
                             "198.51.100.1",
                             "203.0.113.1",
                             "224.0.0.1",
                             "239.255.255.255",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "::ffff:127.0.0.1",
                             "::ffff:8.8.8.8",
                             "::127.0.0.1",
                             "64:ff9b::7f00:1",
                             "64:ff9b:1::1",
                             "100::1",
                             "2001::1",
                             "2001:db8::1",
                             "2002:7f00:1::1",
                             "3fff::1",
                             "5f00::1",
                             "fc00::1",
                             "fd12:3456::1",
                             "fe80::1",
                             "fec0::1",
                             "ff02::1"})
        EXPECT_FALSE(is_public_address(address(text))) << text;
}

TEST(WebhookTarget, UrlsAreCheckedWhenTheyAreSet) {
    const auto code = [](const std::string& url, bool allow_private = false) {
        const auto checked = check_webhook_url(url, allow_private);
        return checked ? std::string() : std::string(checked.error().code.text());
    };
    for (const char* url : {"https://example.com", "https://example.com:8443/a/b?c=d",
                            "https://8.8.8.8/", "https://[2606:4700::1111]/x"})
        EXPECT_EQ(code(url), "") << url;
    for (const char* url :
         {"", "example.com", "ftp://example.com/", "https://", "https://user:pw@example.com/",
          "https://user@example.com/", "https://exa mple.com/", "https://example.com/#part",
          "https://example.com:99999/", "javascript:alert(1)", "//example.com"})
        EXPECT_EQ(code(url), "webhook_url_invalid") << url;
    for (const char* url : {"http://example.com/", "https://127.0.0.1/", "https://10.1.2.3/",
                            "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://localhost/",
                            "https://LOCALHOST./", "https://intranet/", "https://db.internal/",
                            "https://printer.local/", "https://169.254.169.254/latest/meta-data"}) {
        EXPECT_EQ(code(url), "webhook_url_forbidden") << url;
        EXPECT_EQ(code(url, true), "") << url;
    }
    EXPECT_EQ(code("https://user@example.com/", true), "webhook_url_invalid");
    EXPECT_EQ(code("https://example.com/" + std::string(3000, 'a')), "webhook_url_invalid");
}

using Item = WebhookQueue::Item;

std::string taken(WebhookQueue& queue, std::int64_t now) {
    const auto item = queue.take({now});
    return item ? item->endpoint + "/" + item->id : "";
}

TEST(WebhookQueue, TheFirstDueIsTakenFirstAndNothingBefore) {
    WebhookQueue queue(10, 10);
    queue.add({"a", "late"}, {20});
    queue.add({"b", "early"}, {10});
    EXPECT_EQ(queue.next_due(), Instant{10});
    EXPECT_EQ(taken(queue, 9), "");
    EXPECT_EQ(taken(queue, 10), "b/early");
    EXPECT_EQ(queue.next_due(), Instant{20});
    EXPECT_EQ(taken(queue, 100), "a/late");
    EXPECT_EQ(taken(queue, 100), "");
    EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST(WebhookQueue, AnEndpointThatDoesNotAnswerHoldsUpOnlyItself) {
    WebhookQueue queue(10, 2);
    for (const char* id : {"1", "2", "3", "4"}) queue.add({"slow", id}, {1});
    queue.add({"quick", "1"}, {5});
    EXPECT_EQ(taken(queue, 9), "slow/1");
    EXPECT_EQ(taken(queue, 9), "slow/2");
    EXPECT_EQ(taken(queue, 9), "quick/1");
    EXPECT_EQ(taken(queue, 9), "");
    EXPECT_EQ(queue.next_due(), std::nullopt);
    queue.finish({"slow", "1"}, false);
    EXPECT_EQ(taken(queue, 9), "slow/3");
}

TEST(WebhookQueue, AfterAFailureAnEndpointGetsOneAtATime) {
    WebhookQueue queue(10, 4);
    for (const char* id : {"1", "2", "3"}) queue.add({"a", id}, {1});
    EXPECT_EQ(taken(queue, 1), "a/1");
    queue.finish({"a", "1"}, true);
    EXPECT_EQ(taken(queue, 1), "a/2");
    EXPECT_EQ(taken(queue, 1), "");
    queue.finish({"a", "2"}, false);
    EXPECT_EQ(taken(queue, 1), "a/3");
}

TEST(WebhookQueue, WhoAsksToWaitIsLeftAlone) {
    WebhookQueue queue(10, 4);
    queue.add({"a", "1"}, {1});
    queue.add({"a", "2"}, {1});
    EXPECT_EQ(taken(queue, 1), "a/1");
    queue.finish({"a", "1"}, true, {50});
    EXPECT_EQ(queue.next_due(), Instant{50});
    EXPECT_EQ(taken(queue, 49), "");
    EXPECT_EQ(taken(queue, 50), "a/2");
}

TEST(WebhookQueue, AllTogetherAreBounded) {
    WebhookQueue queue(2, 2);
    for (const char* endpoint : {"a", "b", "c"}) queue.add({endpoint, "1"}, {1});
    EXPECT_EQ(taken(queue, 1), "a/1");
    EXPECT_EQ(taken(queue, 1), "b/1");
    EXPECT_EQ(taken(queue, 1), "");
    queue.finish({"a", "1"}, false);
    EXPECT_EQ(taken(queue, 1), "c/1");
    EXPECT_EQ(queue.in_flight(), 2U);
}

TEST(WebhookQueue, AddingAgainMovesAndRemovingForgets) {
    WebhookQueue queue(2, 2);
    queue.add({"a", "1"}, {90});
    queue.add({"a", "1"}, {3});
    EXPECT_EQ(queue.waiting(), 1U);
    EXPECT_EQ(queue.next_due(), Instant{3});
    queue.remove({"a", "1"});
    queue.remove({"a", "1"});
    queue.remove({"b", "1"});
    EXPECT_EQ(queue.waiting(), 0U);
    EXPECT_EQ(taken(queue, 100), "");
    queue.add({"a", "2"}, {1});
    EXPECT_EQ(taken(queue, 1), "a/2");
    EXPECT_TRUE(queue.is_in_flight({"a", "2"}));
    queue.add({"a", "2"}, {1});  // in flight: not a second time
    EXPECT_EQ(taken(queue, 1), "");
}

}  // namespace
}  // namespace quipu::webhooks
