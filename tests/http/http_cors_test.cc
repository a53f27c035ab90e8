// Which web pages may call: the headers of answers, and preflights that no handler sees.
#include "http/http_cors.h"

#include <gtest/gtest.h>

#include "http/http_fixture.h"
#include "http/socket_client.h"

namespace quipu::http::testing {
namespace {

HttpServerConfig with_list() {
    HttpServerConfig config;
    config.cors_origins = {"https://app.example.com", "http://localhost:3000"};
    return config;
}

std::optional<Reply> ask_as(TestServer& server, const std::string& method,
                            const std::string& headers) {
    return ask(server.port(), method + " /echo HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
}

constexpr const char* kListed = "Origin: https://app.example.com\r\n";
constexpr const char* kAsks = "Access-Control-Request-Method: POST\r\n";

TEST(Cors, APageOfTheListMayReadTheAnswer) {
    TestServer server(with_list());
    const auto reply = ask_as(server, "GET", kListed);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_TRUE(reply->has("\r\nAccess-Control-Allow-Origin: https://app.example.com\r\n"));
    EXPECT_TRUE(reply->has("\r\nAccess-Control-Expose-Headers: Retry-After\r\n"));
    EXPECT_TRUE(reply->has("\r\nVary: Origin\r\n"));
}

TEST(Cors, AnotherPageGetsNoLeaveAndNoPageOnlyTheVary) {
    TestServer server(with_list());
    for (const char* headers :
         {"Origin: https://evil.example.com\r\n", "Origin: https://app.example.com.evil.com\r\n",
          "Origin: null\r\n", "Origin: http://app.example.com\r\n", ""}) {
        const auto reply = ask_as(server, "GET", headers);
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, 200);
        EXPECT_FALSE(reply->has("Access-Control-")) << headers;
        EXPECT_TRUE(reply->has("\r\nVary: Origin\r\n"));
    }
}

TEST(Cors, APreflightIsAnsweredWithoutTheHandler) {
    TestServer server(with_list());
    const auto reply = ask_as(server, "OPTIONS", std::string(kListed) + kAsks);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 204);
    EXPECT_TRUE(reply->has("\r\nAccess-Control-Allow-Methods: GET, POST, DELETE\r\n"));
    EXPECT_TRUE(reply->has(
        "\r\nAccess-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key\r\n"));
    EXPECT_TRUE(reply->has("\r\nAccess-Control-Max-Age: 600\r\n"));
    const auto other =
        ask_as(server, "OPTIONS", std::string("Origin: https://evil.example.com\r\n") + kAsks);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->status, 204);
    EXPECT_FALSE(other->has("Access-Control-"));
    EXPECT_EQ(server.handled(), 0u);
}

TEST(Cors, AnOptionsThatIsNoPreflightReachesTheHandler) {
    TestServer server(with_list());
    ASSERT_TRUE(ask_as(server, "OPTIONS", kListed));
    ASSERT_TRUE(ask_as(server, "OPTIONS", kAsks));
    EXPECT_EQ(server.handled(), 2u);
}

TEST(Cors, WithoutAListThereIsNoneOfIt) {
    TestServer server;
    const auto reply = ask_as(server, "OPTIONS", std::string(kListed) + kAsks);
    ASSERT_TRUE(reply);
    EXPECT_FALSE(reply->has("Access-Control-"));
    EXPECT_FALSE(reply->has("Vary"));
    EXPECT_EQ(server.handled(), 1u);
}

TEST(Cors, AnAnswerOfTheServerItselfMayBeReadToo) {
    HttpServerConfig config = with_list();
    config.max_body_bytes = 4;
    TestServer server(config);
    const auto reply =
        ask(server.port(), std::string("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n") +
                               kListed + "\r\n");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 413);
    EXPECT_TRUE(reply->has("\r\nAccess-Control-Allow-Origin: https://app.example.com\r\n"));
}

TEST(Origins, AreASchemeAHostAndMaybeAPort) {
    const auto origins = parse_origins("https://app.example.com, http://localhost:3000,");
    ASSERT_TRUE(origins);
    EXPECT_EQ(*origins,
              (std::vector<std::string>{"https://app.example.com", "http://localhost:3000"}));
    EXPECT_TRUE(parse_origins("")->empty());
    EXPECT_TRUE(parse_origins("http://[::1]:8080"));
    for (const char* wrong :
         {"*", "null", "app.example.com", "https://", "https://app.example.com/", "ftp://x",
          "https://App.example.com", "https://a b", "https://a\r\nX: y"}) {
        const auto refused = parse_origins(wrong);
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().code, base::ErrorCode("origin_malformed"));
    }
}

}  // namespace
}  // namespace quipu::http::testing
