// What hostile or broken clients get: one 4xx of our error shape, a closed connection, bounded
// memory.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "http/http_error.h"
#include "http/http_fixture.h"
#include "http/socket_client.h"

namespace quipu::http::testing {
namespace {

using std::chrono::milliseconds;

HttpServerConfig quick() {
    HttpServerConfig config;
    config.header_timeout = milliseconds(200);
    config.body_timeout = milliseconds(200);
    config.idle_timeout = milliseconds(200);
    config.write_timeout = milliseconds(200);
    config.linger_timeout = milliseconds(200);
    return config;
}

// The rest of the body is our error shape; the code is what tells refusals apart.
::testing::AssertionResult refused(const std::optional<Reply>& reply, int status,
                                   const std::string& code) {
    if (!reply) return ::testing::AssertionFailure() << "no answer";
    const std::string start = "{\"success\":false,\"code\":\"" + code + "\",\"error\":\"";
    if (reply->status != status || !reply->body.starts_with(start) ||
        !reply->has("\r\nConnection: close\r\n")) {
        return ::testing::AssertionFailure() << reply->head << reply->body;
    }
    const std::size_t end = reply->body.find('"', start.size());
    const std::string sentence = reply->body.substr(start.size(), end - start.size());
    if (reply->body != error_body(base::ErrorCode::find(code).value(), sentence)) {
        return ::testing::AssertionFailure() << reply->body;
    }
    return ::testing::AssertionSuccess();
}

struct Hostile {
    const char* name;
    std::string request;
    int status;
    const char* code;
};

void PrintTo(const Hostile& hostile, std::ostream* out) {
    *out << hostile.name;
}

class HostileRequest : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileRequest, IsRefusedAndTheConnectionIsClosed) {
    TestServer server;
    Client client(server.port());
    client.send(GetParam().request);
    EXPECT_TRUE(refused(client.read(), GetParam().status, GetParam().code));
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(server.handled(), 0u);
}

std::string with(const std::string& header, const std::string& rest = "") {
    return "POST /echo HTTP/1.1\r\nHost: h\r\n" + header + "\r\n\r\n" + rest;
}

const std::string kNul(1, '\0');

INSTANTIATE_TEST_SUITE_P(
    Http, HostileRequest,
    ::testing::Values(
        Hostile{"Garbage", "\x16\x03\x01\x02garbage", 400, "malformed_request"},
        Hostile{"NoVersion", "GET /\r\n\r\n", 400, "malformed_request"},
        Hostile{"Version2", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400, "malformed_request"},
        Hostile{"BareLineFeeds", "GET / HTTP/1.1\nHost: h\n\n\r\n\r\n", 400, "malformed_request"},
        Hostile{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400, "malformed_request"},
        Hostile{"TwoHosts", with("Host: i"), 400, "malformed_request"},
        Hostile{"NulInHeader", with("A: b" + kNul + "c"), 400, "malformed_request"},
        Hostile{"NulInTarget", "GET /a" + kNul + " HTTP/1.1\r\nHost: h\r\n\r\n", 400,
                "malformed_request"},
        Hostile{"EscapedNul", get_text("/a%00b"), 400, "malformed_request"},
        Hostile{"BrokenEscape", get_text("/a%4"), 400, "malformed_request"},
        Hostile{"NotHex", get_text("/a%zz"), 400, "malformed_request"},
        Hostile{"Utf8Target", get_text("/\xC3\xA9"), 400, "malformed_request"},
        Hostile{"Fragment", get_text("/a#b"), 400, "malformed_request"},
        Hostile{"RelativeTarget", get_text("a"), 400, "malformed_request"},
        Hostile{"SpaceBeforeColon", with("A : b"), 400, "malformed_request"},
        Hostile{"FoldedHeader", with("A: b\r\n c"), 400, "malformed_request"},
        Hostile{"HeaderWithoutColon", with("nonsense"), 400, "malformed_request"},
        Hostile{"LengthAndEncoding",
                with("Content-Length: 3\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400,
                "malformed_request"},
        Hostile{"EncodingAndLength",
                with("Transfer-Encoding: chunked\r\nContent-Length: 3", "0\r\n\r\n"), 400,
                "malformed_request"},
        Hostile{"TwoLengths", with("Content-Length: 1\r\nContent-Length: 2", "ab"), 400,
                "malformed_request"},
        Hostile{"SameLengthTwice", with("Content-Length: 1\r\nContent-Length: 1", "a"), 400,
                "malformed_request"},
        Hostile{"NegativeLength", with("Content-Length: -1"), 400, "malformed_request"},
        Hostile{"PlusLength", with("Content-Length: +1", "a"), 400, "malformed_request"},
        Hostile{"HexLength", with("Content-Length: 0x1", "a"), 400, "malformed_request"},
        Hostile{"HugeLength", with("Content-Length: 99999999999999999999999"), 400,
                "malformed_request"},
        Hostile{"GzipEncoding", with("Transfer-Encoding: gzip, chunked"), 400, "malformed_request"},
        Hostile{"IdentityEncoding", with("Transfer-Encoding: identity"), 400, "malformed_request"},
        Hostile{"EncodingIn10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                400, "malformed_request"},
        Hostile{"TwoAuthorizations", with("Authorization: a\r\nAuthorization: b"), 400,
                "malformed_request"},
        Hostile{"BadChunkSize", with("Transfer-Encoding: chunked", "zz\r\n"), 400,
                "malformed_request"},
        Hostile{"ChunkOverrun", with("Transfer-Encoding: chunked", "1\r\nabc\r\n0\r\n\r\n"), 400,
                "malformed_request"},
        Hostile{"HugeChunk", with("Transfer-Encoding: chunked", "fffffffffffffff0\r\n"), 413,
                "body_too_large"},
        Hostile{"OverflowingChunk",
                with("Transfer-Encoding: chunked", "10000000000000005\r\nhello"), 400,
                "malformed_request"},
        Hostile{"EndlessChunkHeader",
                with("Transfer-Encoding: chunked", "1;" + std::string(70'000, 'x')), 400,
                "malformed_request"},
        Hostile{"OneGibibyte", with("Content-Length: 1073741824", "abc"), 413, "body_too_large"},
        Hostile{"JustTooLarge", with("Content-Length: 1048577", "abc"), 413, "body_too_large"},
        Hostile{"LongHeader", with("A: " + std::string(20'000, 'a')), 431, "headers_too_large"},
        Hostile{"LongTarget", get_text("/" + std::string(20'000, 'a')), 431, "headers_too_large"},
        Hostile{"Trace", "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 405, "method_not_allowed"},
        Hostile{"Connect", "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", 405, "method_not_allowed"},
        Hostile{"UnknownMethod", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501,
                "method_not_implemented"},
        Hostile{"OtherExpectation", with("Expect: miracles\r\nContent-Length: 1"), 417,
                "expectation_failed"}),
    [](const auto& hostile) { return std::string(hostile.param.name); });

TEST(HttpLimits, AMillionHeadersAreRefusedWithoutBeingRead) {
    TestServer server;
    Client client(server.port());
    std::string block;
    for (int i = 0; i < 1000; ++i) block += "a: b\r\n";
    client.send("GET / HTTP/1.1\r\nHost: h\r\n");
    for (int i = 0; i < 1000 && client.send(block); ++i) continue;
    // The server stops reading; whether its answer outlives the reset is up to the network.
    const auto reply = client.read();
    if (reply) {
        EXPECT_TRUE(refused(reply, 431, "headers_too_large"));
    }
    EXPECT_EQ(server.handled(), 0u);
    server.counts().await_connections(0);
    EXPECT_EQ(server.counts().statuses(), std::vector<int>{431});
}

TEST(HttpLimits, AChunkedBombIsCutAtTheLimit) {
    TestServer server;
    Client client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    for (int i = 0; i < 10'000 && client.send(chunk); ++i) continue;
    server.counts().await_connections(0);
    EXPECT_EQ(server.counts().statuses(), std::vector<int>{413});
}

TEST(HttpLimits, ABodyOfExactlyTheLimitIsServed) {
    TestServer server;
    Client client(server.port());
    const std::string body(1024 * 1024, 'x');
    client.send(post_text("/size/1", body));
    EXPECT_EQ(client.read()->status, 200);
    client.send("POST /size/1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n" +
                body + "\r\n0\r\n\r\n");
    EXPECT_EQ(client.read()->status, 200);
}

TEST(HttpLimits, ConfiguredPrefixesTakeLargerBodies) {
    TestServer server;
    Client client(server.port());
    const std::string body(3 * 1024 * 1024, 'x');
    client.send(post_text("/v1/track/batch", body));
    EXPECT_EQ(client.read()->status, 200);
    client.send(post_text("/v1/track", "") +
                "POST /v1/track HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n");
    EXPECT_EQ(client.read()->status, 200);
    EXPECT_TRUE(refused(client.read(), 413, "body_too_large"));
}

TEST(HttpLimits, TheTooLargeBodyIsRefusedInsteadOfContinued) {
    TestServer server;
    EXPECT_TRUE(refused(ask(server.port(),
                            "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                            "Content-Length: 9999999\r\n\r\n"),
                        413, "body_too_large"));
}

TEST(HttpLimits, BodiesOfAllConnectionsTogetherAreBounded) {
    HttpServerConfig config;
    config.max_buffered_body_bytes = 100'000;
    TestServer server(config);
    Client first(server.port());
    first.send(post_text("/hold/a", std::string(80'000, 'x')));
    server.await_held(1);
    Client second(server.port());
    second.send(post_text("/echo", std::string(30'000, 'x')));
    const auto reply = second.read();
    EXPECT_TRUE(refused(reply, 503, "overloaded"));
    EXPECT_TRUE(reply->has("\r\nRetry-After: 1\r\n"));
    server.answer("a");
    EXPECT_EQ(first.read()->body, "a");
    EXPECT_EQ(ask(server.port(), post_text("/echo", std::string(30'000, 'x')))->status, 200);
}

TEST(HttpLimits, TenThousandPipelinedRequestsAreServedInOrder) {
    TestServer server;
    Client client(server.port());
    std::string burst;
    for (int i = 0; i < 10'000; ++i) burst += get_text("/echo?n=" + std::to_string(i));
    ASSERT_TRUE(client.send(burst));
    for (int i = 0; i < 10'000; ++i) {
        const auto reply = client.read();
        ASSERT_TRUE(reply);
        ASSERT_NE(reply->body.find("\"n=" + std::to_string(i) + "\""), std::string::npos);
    }
}

TEST(HttpLimits, RequestsBeyondThePipelineLimitWaitUnread) {
    HttpServerConfig config;
    config.max_pipelined = 3;
    TestServer server(config);
    Client client(server.port());
    std::string burst;
    std::vector<std::string> ids;
    for (int i = 0; i < 9; ++i) {
        ids.push_back(std::to_string(i));
        burst += get_text("/hold/" + ids.back());
    }
    client.send(burst);
    server.await_held(3);
    server.on_engine([] {});
    EXPECT_EQ(server.handled(), 3u);
    for (int round = 0; round < 3; ++round) {
        server.await_held(3);
        const auto from = ids.begin() + 3 * round;
        server.answer_all({from, from + 3});
    }
    for (const std::string& id : ids) EXPECT_EQ(client.read()->body, id);
}

TEST(HttpLimits, AConnectionBeyondTheLimitIsToldSo) {
    HttpServerConfig config;
    config.max_connections = 2;
    TestServer server(config);
    Client first(server.port());
    Client second(server.port());
    server.counts().await_connections(2);
    {
        Client third(server.port());
        const auto reply = third.read();
        EXPECT_TRUE(refused(reply, 503, "too_many_connections"));
        EXPECT_TRUE(third.closed());
    }
    server.counts().await_connections(2);
    first.send(get_text("/size/1"));
    EXPECT_EQ(first.read()->status, 200);
}

// Takes every descriptor of the process but one, by lowering its limit for a while.
class DescriptorShortage {
public:
    DescriptorShortage() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit low = before_;
        low.rlim_cur = 64;
        ::setrlimit(RLIMIT_NOFILE, &low);
        for (int fd; (fd = ::dup(0)) >= 0;) taken_.push_back(fd);
        give_one();
    }
    ~DescriptorShortage() {
        while (!taken_.empty()) give_one();
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }
    DescriptorShortage(const DescriptorShortage&) = delete;
    DescriptorShortage& operator=(const DescriptorShortage&) = delete;

private:
    void give_one() {
        ::close(taken_.back());
        taken_.pop_back();
    }

    rlimit before_{};
    std::vector<int> taken_;
};

TEST(HttpLimits, RunningOutOfDescriptorsOnlyDelaysNewConnections) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "UBSan opens a pipe to look at memory, and takes none for a bad object.";
#endif
    TestServer server(quick());
    std::unique_ptr<Client> late;
    {
        const DescriptorShortage shortage;
        late = std::make_unique<Client>(server.port());  // the kernel connects it; accept fails
        late->send(get_text("/size/1"));
        server.on_engine([] {});
        EXPECT_EQ(server.counts().most_connections(), 0u);
    }
    EXPECT_EQ(late->read()->body, "x");
}

TEST(HttpTimeouts, ASlowHeaderEndsInRequestTimeoutHoweverItTrickles) {
    TestServer server(quick());
    Client client(server.port());
    client.send("GET / HTTP/1.1\r\n");
    const auto start = std::chrono::steady_clock::now();
    while (client.send("a: b\r\n") &&
           std::chrono::steady_clock::now() - start < std::chrono::seconds(10) &&
           server.counts().statuses().empty()) {
        std::this_thread::sleep_for(milliseconds(20));  // the trickle itself
    }
    EXPECT_TRUE(refused(client.read(), 408, "request_timeout"));
    server.counts().await_connections(0);
}

TEST(HttpTimeouts, ASlowBodyEndsInRequestTimeout) {
    TestServer server(quick());
    Client client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
    EXPECT_TRUE(refused(client.read(), 408, "request_timeout"));
    EXPECT_TRUE(client.closed());
}

TEST(HttpTimeouts, ASlowChunkedBodyEndsInRequestTimeout) {
    TestServer server(quick());
    Client client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
    EXPECT_TRUE(refused(client.read(), 408, "request_timeout"));
}

TEST(HttpTimeouts, AConnectionThatNeverSpeaksIsClosed) {
    TestServer server(quick());
    Client client(server.port());
    EXPECT_TRUE(client.closed());
    server.counts().await_connections(0);
}

TEST(HttpTimeouts, AnIdleConnectionIsClosedWithoutAWord) {
    TestServer server(quick());
    Client client(server.port());
    client.send(get_text("/size/1"));
    EXPECT_EQ(client.read()->status, 200);
    EXPECT_TRUE(client.closed());
}

TEST(HttpTimeouts, AWaitingHandlerIsNotTimedOut) {
    HttpServerConfig config = quick();
    TestServer server(config);
    Client client(server.port());
    client.send(get_text("/hold/a"));
    server.await_held(1);
    // Until another connection that came later has been closed for idling twice over.
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(Client(server.port()).closed());
    server.answer("a");
    EXPECT_EQ(client.read()->body, "a");
}

TEST(HttpTimeouts, AClientThatDoesNotReadIsClosed) {
    TestServer server(quick());
    Client client(server.port(), 4096);
    client.send(get_text("/size/50000000"));
    server.counts().await_connections(1);
    server.counts().await_connections(0);
    EXPECT_FALSE(client.read());
}

TEST(HttpTimeouts, HundredsOfSlowClientsLeaveAGoodOneServed) {
    TestServer server(quick());
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 400; ++i) {
        slow.push_back(std::make_unique<Client>(server.port()));
        slow.back()->send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Le");
    }
    for (int i = 0; i < 50; ++i) {
        const auto reply = ask(server.port(), get_text("/size/1"));
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, 200);
    }
    for (const auto& client : slow) EXPECT_TRUE(refused(client->read(), 408, "request_timeout"));
    slow.clear();
    server.counts().await_connections(0);
}

}  // namespace
}  // namespace quipu::http::testing
