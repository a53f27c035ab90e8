// Requests as good clients send them, over real sockets.
#include "http/http_server.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/http_fixture.h"
#include "http/http_parser.h"
#include "http/socket_client.h"

namespace quipu::http::testing {
namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(HttpServer, AConnectionServesOneRequestAfterAnother) {
    TestServer server;
    Client client(server.port());
    for (int i = 0; i < 100; ++i) {
        const std::string body = "{\"n\":" + std::to_string(i) + "}";
        ASSERT_TRUE(client.send(post_text("/echo", body)));
        const auto reply = client.read();
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, 200);
        EXPECT_TRUE(contains(reply->body, "\"n\\\":" + std::to_string(i))) << reply->body;
        EXPECT_TRUE(reply->has("\r\nContent-Type: application/json\r\n"));
        EXPECT_TRUE(reply->has("\r\nDate: "));
        EXPECT_FALSE(reply->has("Connection:"));
    }
    EXPECT_EQ(server.counts().most_connections(), 1u);
}

TEST(HttpServer, AHandlerSeesEveryPartOfARequest) {
    TestServer server;
    const auto reply =
        ask(server.port(),
            "PUT /a%20b/c?x=1&y=%41 HTTP/1.1\r\nhost: h\r\nAUTHORIZATION: Bearer k\r\n"
            "content-type: text/plain\r\nIdempotency-Key:  i 1 \r\nx-TEST: v\r\n"
            "Content-Length: 4\r\n\r\nbody");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body,
              R"({"method":"PUT","path":"/a%20b/c","query":"x=1&y=%41","authorization":"Bearer k",)"
              R"("content_type":"text/plain","idempotency_key":"i 1","x_test":"v","body":"body"})");
}

TEST(HttpServer, ARequestMayArriveByteByByte) {
    TestServer server;
    Client client(server.port());
    for (const char c : post_text("/echo", "{\"a\":1}") + get_text("/echo?q=2")) {
        ASSERT_TRUE(client.send(std::string_view(&c, 1)));
    }
    const auto first = client.read();
    const auto second = client.read();
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(contains(first->body, R"("body":"{\"a\":1}")"));
    EXPECT_TRUE(contains(second->body, R"("query":"q=2")"));
}

TEST(HttpServer, AnswersKeepTheOrderOfPipelinedRequests) {
    TestServer server;
    Client client(server.port());
    client.send(get_text("/hold/a") + get_text("/echo") + get_text("/hold/b") +
                get_text("/hold/c"));
    server.await_held(3);
    server.answer("c");
    server.answer("a");
    ASSERT_EQ(client.read()->body, "a");
    ASSERT_TRUE(contains(client.read()->body, "\"path\":\"/echo\""));
    server.answer("b");
    EXPECT_EQ(client.read()->body, "b");
    EXPECT_EQ(client.read()->body, "c");
}

TEST(HttpServer, ManyAnswersOfOneTurnArriveInOrder) {
    TestServer server;
    Client client(server.port());
    client.send(get_text("/hold/1") + get_text("/hold/2") + get_text("/hold/3"));
    server.await_held(3);
    server.answer_all({"3", "2", "1"});
    EXPECT_EQ(client.read()->body, "1");
    EXPECT_EQ(client.read()->body, "2");
    EXPECT_EQ(client.read()->body, "3");
}

TEST(HttpServer, HeadIsAnsweredAsGetWithoutABody) {
    TestServer server;
    Client client(server.port());
    client.send("HEAD /size/1234 HTTP/1.1\r\nHost: h\r\n\r\n" + get_text("/size/3"));
    const auto head = client.read(true);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, 200);
    EXPECT_TRUE(head->has("\r\nContent-Length: 1234\r\n"));
    EXPECT_EQ(client.read()->body, "xxx");
}

TEST(HttpServer, NoContentHasNeitherLengthNorType) {
    TestServer server;
    Client client(server.port());
    client.send(get_text("/empty") + get_text("/size/1"));
    const auto empty = client.read();
    ASSERT_TRUE(empty);
    EXPECT_EQ(empty->status, 204);
    EXPECT_FALSE(empty->has("Content-"));
    EXPECT_EQ(client.read()->body, "x");
}

TEST(HttpServer, OptionalHeadersAreSentAndCannotSplitTheAnswer) {
    TestServer server;
    const auto reply = ask(server.port(), get_text("/extra"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 303);
    EXPECT_TRUE(reply->has("\r\nRetry-After: 7\r\n"));
    EXPECT_TRUE(reply->has("\r\nLocation: http://pay.test/c?x=1Evil:yes\r\n")) << reply->head;
    EXPECT_TRUE(reply->has("\r\nAllow: GET\r\n"));
}

TEST(HttpServer, ADroppedOrThrowingHandlerAnswersAnInternalErrorAndTheConnectionGoesOn) {
    TestServer server;
    Client client(server.port());
    for (const char* path : {"/drop", "/throw"}) {
        client.send(get_text(path));
        const auto reply = client.read();
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, 500);
        EXPECT_TRUE(contains(reply->body, R"("code":"internal_error")"));
    }
    client.send(get_text("/size/2"));
    EXPECT_EQ(client.read()->body, "xx");
    EXPECT_EQ(server.counts().failures(), std::vector<std::string>{"a route threw"});
}

TEST(HttpServer, AClientThatAsksToCloseIsClosedAfterItsAnswer) {
    TestServer server;
    Client client(server.port());
    client.send("GET /size/1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" +
                get_text("/size/2"));
    const auto reply = client.read();
    ASSERT_TRUE(reply);
    EXPECT_TRUE(reply->has("\r\nConnection: close\r\n"));
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(server.handled(), 1u);
}

TEST(HttpServer, Http10ClosesUnlessItAsksToStay) {
    TestServer server;
    Client stays(server.port());
    stays.send("GET /size/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_TRUE(stays.read()->has("\r\nConnection: keep-alive\r\n"));
    stays.send("GET /size/1 HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(stays.read()->has("\r\nConnection: close\r\n"));
    EXPECT_TRUE(stays.closed());
}

TEST(HttpServer, AbsoluteAndAsteriskTargetsAreUnderstood) {
    TestServer server;
    Client client(server.port());
    client.send(
        "GET http://h:1/echo?q=1 HTTP/1.1\r\nHost: h:1\r\n\r\n"
        "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(contains(client.read()->body, R"("path":"/echo","query":"q=1")"));
    EXPECT_TRUE(contains(client.read()->body, R"("path":"*")"));
}

TEST(HttpServer, ChunkedBodiesArriveWholeAndTrailersAreIgnored) {
    TestServer server;
    Client client(server.port());
    const std::string text =
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n1;ext=\"v\"\r\n \r\n005\r\nworld\r\n0\r\nAuthorization: Bearer evil\r\n\r\n";
    client.send(text + get_text("/size/1"));
    EXPECT_TRUE(contains(client.read()->body, R"("authorization":"")"));
    EXPECT_EQ(client.read()->body, "x");
    for (const char c : text) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
    EXPECT_TRUE(contains(client.read()->body, R"("body":"hello world")"));
}

// The server aborted when an empty chunked body came as "0\r\n", "\r", "\n"; and when four bytes of
// one were looked at again before more had come, as after the answer to the request before it.
TEST(HttpServer, AnEmptyChunkedBodyMayBeCutAnywhere) {
    for (const std::string& last : {std::string("0\r\n\r\n"), std::string("00\r\n\r\n"),
                                    std::string("0;x\r\n\r\n"), std::string("0\r\nA: b\r\n\r\n")}) {
        HttpParser parser;
        std::vector<HttpField> fields;
        const std::string head =
            "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        ASSERT_TRUE(parser.parse_head(head, fields));
        std::string body;
        for (std::size_t size = 1; size <= last.size(); ++size) {
            const std::string_view come = std::string_view(last).substr(0, size);
            std::string_view input = come;
            const ChunkedStep step = parser.parse_chunked(input, body, 100);
            EXPECT_EQ(step, size < last.size() ? ChunkedStep::NeedMore : ChunkedStep::Done);
            if (step == ChunkedStep::Done) break;
            EXPECT_EQ(input, come);
            EXPECT_EQ(parser.parse_chunked(input, body, 100), ChunkedStep::NeedMore);
        }
        EXPECT_EQ(body, "");
    }
}

TEST(HttpServer, ExpectContinueIsAnsweredBeforeTheBodyIsSent) {
    TestServer server;
    Client client(server.port());
    const std::string head =
        "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    client.send(head);
    EXPECT_EQ(client.read()->status, 100);
    client.send("ok");
    EXPECT_TRUE(contains(client.read()->body, R"("body":"ok")"));
    // A body that comes at once needs no permission.
    client.send(head + "ok");
    EXPECT_EQ(client.read()->status, 200);
}

TEST(HttpServer, ContinueComesBehindTheAnswersOfEarlierRequests) {
    TestServer server;
    Client client(server.port());
    client.send(
        get_text("/hold/a") +
        "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    server.await_held(1);
    server.answer("a");
    EXPECT_EQ(client.read()->body, "a");
    EXPECT_EQ(client.read()->status, 100);
    client.send("ok");
    EXPECT_EQ(client.read()->status, 200);
}

TEST(HttpServer, AnAnswerLargerThanTheSocketArrivesWhole) {
    TestServer server;
    Client client(server.port(), 4096);
    constexpr std::size_t kSize = 20 * 1024 * 1024;
    client.send(get_text("/size/" + std::to_string(kSize)) + get_text("/size/5"));
    const auto large = client.read();
    ASSERT_TRUE(large);
    EXPECT_EQ(large->body.size(), kSize);
    EXPECT_EQ(client.read()->body, "xxxxx");
}

TEST(HttpServer, EveryAnswerIsReportedToTheObserver) {
    TestServer server;
    Client client(server.port());
    client.send(get_text("/size/1") + get_text("/drop") + "BAD\r\n\r\n");
    while (client.read()) continue;
    EXPECT_EQ(server.counts().statuses(), (std::vector<int>{200, 500, 400}));
}

TEST(HttpServer, AnAddressInUseIsAClearError) {
    TestServer server;
    EngineLoop loop;
    HttpServer second(loop, {}, [](const HttpRequest&, Responder) {});
    const auto listening = second.listen("127.0.0.1", server.port());
    ASSERT_FALSE(listening);
    EXPECT_EQ(listening.error().code, base::ErrorCode("listen_failed"));
    EXPECT_FALSE(second.listen("no address", 0));
}

}  // namespace
}  // namespace quipu::http::testing
