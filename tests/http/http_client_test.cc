#include "http/http_client.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "http/asio_loop.h"
#include "http/http_fixture.h"
#include "http/http_raw_server.h"
#include "http/http_url.h"
#include "support/eventually.h"
#include "support/temporary_folder.h"

namespace quipu::http::testing {
namespace {

using namespace std::chrono_literals;
using Answer = base::Result<HttpClientResponse>;

// A client with its loop on a thread of its own.
class Caller {
public:
    explicit Caller(HttpClientConfig config = {}) {
        client_ = std::make_unique<HttpClient>(loop_, std::move(config));
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~Caller() {
        destroy_client();
        loop_.stop();
        thread_.join();
    }

    std::future<Answer> start(HttpClientRequest request) {
        auto promise = std::make_shared<std::promise<Answer>>();
        auto future = promise->get_future();
        loop_.post([this, request = std::move(request), promise]() mutable {
            client_->send(std::move(request),
                          [promise](Answer answer) { promise->set_value(std::move(answer)); });
        });
        return future;
    }
    Answer ask(HttpClientRequest request) { return wait(start(std::move(request))); }
    Answer get(const std::string& url) { return ask({.method = "GET", .url = url}); }
    static Answer wait(std::future<Answer> future) {
        if (future.wait_for(20s) != std::future_status::ready)
            return base::fail("internal_error", "The callback was not called.");
        return future.get();
    }

    template <typename Task>
    auto on_engine(Task task) {
        std::packaged_task<decltype(task())()> packaged(std::move(task));
        auto future = packaged.get_future();
        loop_.post([&] { packaged(); });
        return future.get();
    }
    void destroy_client() {
        on_engine([this] { client_.reset(); });
    }
    HttpClient& client() { return *client_; }

private:
    EngineLoop loop_;
    std::unique_ptr<HttpClient> client_;
    std::thread thread_;
};

std::string url_of(const auto& server, const std::string& path,
                   const std::string& host = "127.0.0.1") {
    return fmt::format("http://{}:{}{}", host, server.port(), path);
}

std::string code_of(const Answer& answer) {
    return answer ? fmt::format("status {}", answer->status)
                  : std::string(answer.error().code.text());
}

TEST(HttpClient, SendsWhatItIsTold) {
    TestServer server;
    Caller caller;
    const Answer answer = caller.ask({.method = "POST",
                                      .url = url_of(server, "/echo?a=%20b#part"),
                                      .headers = {{"Content-Type", "application/json"}},
                                      .body = R"({"x":1})"});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->header("content-TYPE"), "application/json");
    EXPECT_EQ(answer->header("absent"), "");
    EXPECT_NE(answer->body.find(R"("method":"POST")"), std::string::npos) << answer->body;
    EXPECT_NE(answer->body.find("a=%20b"), std::string::npos) << answer->body;
    EXPECT_EQ(answer->body.find("part"), std::string::npos) << answer->body;
    EXPECT_NE(answer->body.find(R"({\"x\":1})"), std::string::npos) << answer->body;
    EXPECT_FALSE(answer->truncated);
}

TEST(HttpClient, NamesTheHostAndItselfAndOneConnection) {
    RawServer server("HTTP/1.1 204 No Content\r\n\r\n");
    Caller caller({.user_agent = "Quipu-Test"});
    ASSERT_EQ(code_of(caller.ask({.method = "POST",
                                  .url = url_of(server, "", "localhost"),
                                  .headers = {{"X-One", "1"}, {"X-One", "2"}},
                                  .body = "ab"})),
              "status 204");
    const std::string head = server.heads().at(0);
    EXPECT_TRUE(head.starts_with("POST / HTTP/1.1\r\n")) << head;
    for (const std::string& line :
         {fmt::format("Host: localhost:{}", server.port()), std::string("User-Agent: Quipu-Test"),
          std::string("Connection: close"), std::string("Content-Length: 2"),
          std::string("X-One: 1"), std::string("X-One: 2")})
        EXPECT_NE(head.find(line + "\r\n"), std::string::npos) << line << " in\n" << head;
}

TEST(HttpClient, ARedirectIsAnAnswer) {
    TestServer server;
    Caller caller;
    const Answer answer = caller.get(url_of(server, "/extra"));
    ASSERT_EQ(code_of(answer), "status 303");
    EXPECT_TRUE(answer->header("location").starts_with("http://pay.test/"));
    EXPECT_EQ(server.handled(), 1);
}

TEST(HttpClient, ABodyThatIsTooLongIsCut) {
    TestServer server;
    Caller caller({.max_response_body_bytes = 1000});
    const Answer whole = caller.get(url_of(server, "/size/1000"));
    ASSERT_EQ(code_of(whole), "status 200");
    EXPECT_EQ(whole->body.size(), 1000);
    EXPECT_FALSE(whole->truncated);
    for (const char* path : {"/size/1001", "/size/3000000"}) {
        const Answer cut = caller.get(url_of(server, path));
        ASSERT_EQ(code_of(cut), "status 200");
        EXPECT_EQ(cut->body.size(), 1000);
        EXPECT_TRUE(cut->truncated);
    }
}

TEST(HttpClient, ReadsEveryKindOfBodyEnd) {
    Caller caller;
    for (const std::string answer :
         {"HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
          "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
          "5\r\n\r\nhello"}) {
        RawServer server(answer);
        const Answer got = caller.get(url_of(server, "/"));
        ASSERT_EQ(code_of(got), "status 200") << answer;
        EXPECT_EQ(got->body, "hello") << answer;
        EXPECT_FALSE(got->truncated) << answer;
    }
    RawServer head_only("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
    EXPECT_EQ(code_of(caller.ask({.method = "HEAD", .url = url_of(head_only, "/")})), "status 200");
}

// Beast aborts on some cuts of what follows "0 CR LF", and on some that are followed by nothing.
TEST(HttpClient, ReadsAnAnswerThatComesInPieces) {
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    Caller caller;
    for (const std::string body :
         {"0\r\n\r\n", "00\r\n\r\n", "0;x\r\nA: b\r\n\r\n", "2;x\r\nhi\r\n0\r\n\r\n"}) {
        const std::string content = body.starts_with('2') ? "hi" : "";
        for (std::size_t cut = 0; cut < body.size(); ++cut) {
            RawServer ends(head + body.substr(0, cut));
            EXPECT_EQ(code_of(caller.get(url_of(ends, "/"))), "no_answer") << body << cut;
            for (std::size_t second = cut + 1; second <= body.size(); ++second) {
                RawServer server(std::vector{head + body.substr(0, cut),
                                             body.substr(cut, second - cut), body.substr(second)});
                const Answer got = caller.get(url_of(server, "/"));
                ASSERT_EQ(code_of(got), "status 200") << body << cut << ' ' << second;
                EXPECT_EQ(got->body, content);
                EXPECT_FALSE(got->truncated);
            }
        }
    }
}

TEST(HttpClient, AnAnnouncedLengthTakesNoRoom) {
    Caller caller;
    for (const char* length : {"100000000000", "1000000000000000", "9223372036854775805"}) {
        RawServer server(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\nabc", length));
        EXPECT_EQ(code_of(caller.get(url_of(server, "/"))), "no_answer") << length;
    }
}

TEST(HttpClient, WhatIsNotHttpIsNoAnswer) {
    Caller caller({.max_response_header_bytes = 2000});
    std::string endless_interim;
    for (int i = 0; i < 20; ++i) endless_interim += "HTTP/1.1 103 Early Hints\r\n\r\n";
    for (const std::string& answer :
         {std::string(), std::string("SSH-2.0-x\r\n\r\n"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
          std::string("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"),
          std::string("HTTP/1.1 101 Switching Protocols\r\n\r\n"), endless_interim,
          "HTTP/1.1 200 OK\r\nX: " + std::string(5000, 'x') + "\r\n\r\n"}) {
        RawServer server(answer);
        EXPECT_EQ(code_of(caller.get(url_of(server, "/"))), "no_answer") << answer;
    }
}

TEST(HttpClient, GivesUpWhenTheTimeIsOver) {
    TestServer server;
    Caller caller({.timeout = 100ms});
    EXPECT_EQ(code_of(caller.get(url_of(server, "/hold/a"))), "timed_out");
    EXPECT_EQ(caller.on_engine([&] { return caller.client().active(); }), 0);
    server.answer("a");  // into a connection that is closed
    server.counts().await_connections(0);
}

TEST(HttpClient, ANameThatIsResolvedTooLateFreesItsPlaceThen) {
    TestServer server;
    Caller caller({.timeout = 0ms, .max_concurrent = 1});
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(code_of(caller.get(url_of(server, "/echo", "localhost"))), "timed_out");
    EXPECT_TRUE(quipu::testing::eventually(
        [&] { return caller.on_engine([&] { return caller.client().active(); }) == 0; }));
}

TEST(HttpClient, KeepsToItsNumberOfConnectionsAndItsQueue) {
    TestServer server;
    Caller caller({.max_concurrent = 2, .max_queued = 1});
    std::vector<std::future<Answer>> answers;
    for (const char* id : {"a", "b", "c", "d"})
        answers.push_back(
            caller.start({.method = "GET", .url = url_of(server, "/hold/" + std::string(id))}));
    EXPECT_EQ(code_of(Caller::wait(std::move(answers[3]))), "too_many_requests");
    server.await_held(2);
    EXPECT_EQ(caller.on_engine([&] { return caller.client().queued(); }), 1);
    EXPECT_EQ(server.counts().most_connections(), 2);
    server.answer("a");
    EXPECT_EQ(code_of(Caller::wait(std::move(answers[0]))), "status 200");
    server.await_held(2);
    server.answer_all({"b", "c"});
    EXPECT_EQ(code_of(Caller::wait(std::move(answers[1]))), "status 200");
    EXPECT_EQ(code_of(Caller::wait(std::move(answers[2]))), "status 200");
    EXPECT_EQ(caller.on_engine([&] { return caller.client().active(); }), 0);
}

TEST(HttpClient, AsksForEveryAddressAndConnectsToNoOther) {
    TestServer server;
    std::mutex mutex;
    std::vector<IpAddress> asked;
    std::function<bool(const IpAddress&)> allow;
    Caller caller({.may_connect = [&](const IpAddress& address) {
        const std::lock_guard lock(mutex);
        asked.push_back(address);
        return allow(address);
    }});
    const IpAddress loopback{{127, 0, 0, 1}};

    allow = [](const IpAddress&) { return false; };
    for (const char* host : {"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"})
        EXPECT_EQ(code_of(caller.get(url_of(server, "/echo", host))), "address_forbidden") << host;
    EXPECT_EQ(server.handled(), 0);
    EXPECT_EQ(asked.front(), loopback);
    EXPECT_EQ(asked.back(), loopback);  // the one number is an address too

    allow = [](const IpAddress& address) { return !address.v6; };
    asked.clear();
    EXPECT_EQ(code_of(caller.get(url_of(server, "/echo", "localhost"))), "status 200");
    EXPECT_NE(std::find(asked.begin(), asked.end(), loopback), asked.end());

    asked.clear();
    EXPECT_EQ(code_of(caller.get(url_of(server, "/echo", "[::ffff:127.0.0.1]"))), "status 200");
    EXPECT_EQ(asked, std::vector<IpAddress>{loopback});
}

TEST(HttpClient, SaysWhyNothingWasSent) {
    Caller caller;
    std::uint16_t closed_port = 0;
    {
        RawServer server("");
        closed_port = server.port();
    }
    EXPECT_EQ(code_of(caller.get(fmt::format("http://127.0.0.1:{}/", closed_port))),
              "connection_failed");
    EXPECT_EQ(code_of(caller.get("http://nowhere.invalid/")), "name_not_resolved");
    EXPECT_EQ(code_of(caller.get("ftp://example.com/")), "url_invalid");
    const std::string url = "http://127.0.0.1:1/";
    EXPECT_EQ(code_of(caller.ask({.method = "BREW", .url = url})), "request_invalid");
    for (const auto& [name, value] : HttpHeaders{{"X", "a\r\nEvil: yes"},
                                                 {"X Y", "a"},
                                                 {"", "a"},
                                                 {"hOst", "other"},
                                                 {"Content-Length", "3"},
                                                 {"Transfer-Encoding", "chunked"}}) {
        EXPECT_EQ(code_of(caller.ask({.url = url, .headers = {{name, value}}})), "request_invalid")
            << name;
    }
}

TEST(HttpClient, CallsNobodyAfterItsEnd) {
    TestServer server;
    Caller caller({.max_concurrent = 1});
    auto held = caller.start({.method = "GET", .url = url_of(server, "/hold/a")});
    auto queued = caller.start({.method = "GET", .url = url_of(server, "/hold/b")});
    server.await_held(1);
    caller.destroy_client();
    server.answer("a");
    server.counts().await_connections(0);
    EXPECT_THROW(held.get(), std::future_error);  // the promise was dropped, never kept
    EXPECT_THROW(queued.get(), std::future_error);
}

TEST(HttpClient, ACallbackMayDestroyIt) {
    TestServer server;
    EngineLoop loop;
    auto client = std::make_unique<HttpClient>(loop, HttpClientConfig{});
    int called = 0;
    for (int i = 0; i < 3; ++i) {
        client->send({.method = "GET", .url = url_of(server, "/echo")}, [&](const Answer&) {
            ++called;
            client.reset();
            loop.run_after(50ms, [&] { loop.stop(); });
        });
    }
    loop.run();
    EXPECT_EQ(called, 1);
}

class HttpClientTls : public ::testing::Test {
protected:
    HttpClientTls() { std::ofstream(ca_file_) << certificate_.certificate_pem; }
    [[nodiscard]] std::string url(const std::string& host) const {
        return fmt::format("https://{}:{}/", host, server_.port());
    }

    projections::TemporaryFolder folder_;
    std::string ca_file_ = folder_.path("ca.pem");
    Certificate certificate_ = make_certificate("localhost");
    RawServer server_{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", certificate_};
};

TEST_F(HttpClientTls, SpeaksToAHostWhoseCertificateHolds) {
    Caller caller({.ca_file = ca_file_});
    const Answer answer = caller.get(url("localhost"));
    ASSERT_EQ(code_of(answer), "status 200") << (answer ? "" : answer.error().message);
    EXPECT_EQ(answer->body, "ok");
}

TEST_F(HttpClientTls, RefusesACertificateOfNobody) {
    Caller caller;  // the system's authorities know nothing of it
    EXPECT_EQ(code_of(caller.get(url("localhost"))), "tls_failed");
    EXPECT_TRUE(server_.heads().empty());
}

TEST_F(HttpClientTls, RefusesACertificateOfAnotherHost) {
    Caller caller({.ca_file = ca_file_});
    EXPECT_EQ(code_of(caller.get(url("127.0.0.1"))), "tls_failed");
    EXPECT_TRUE(server_.heads().empty());
}

TEST_F(HttpClientTls, RefusesAHostThatSpeaksNoTls) {
    RawServer plain("HTTP/1.1 200 OK\r\n\r\n");
    Caller caller({.timeout = 300ms, .ca_file = ca_file_});
    const std::string code =
        code_of(caller.get(fmt::format("https://localhost:{}/", plain.port())));
    EXPECT_TRUE(code == "tls_failed" || code == "timed_out") << code;
}

TEST(HttpClientTlsStart, ThrowsWhenTheAuthoritiesCannotBeRead) {
    EngineLoop loop;
    EXPECT_THROW(HttpClient(loop, {.ca_file = "nowhere.pem"}), std::runtime_error);
}

TEST(HttpClientTlsStart, WithoutHttpsReadsNoAuthoritiesAndSpeaksOnlyHttp) {
    RawServer server("HTTP/1.1 204 No Content\r\n\r\n");
    Caller caller({.https = false, .ca_file = "nowhere.pem"});
    EXPECT_EQ(code_of(caller.get(url_of(server, "/"))), "status 204");
    EXPECT_EQ(code_of(caller.get("https://localhost/")), "url_invalid");
}

TEST(HttpUrl, ReadsItsParts) {
    const auto expect = [](std::string_view text, const HttpUrl& wanted) {
        const auto url = parse_http_url(text);
        ASSERT_TRUE(url) << text;
        EXPECT_EQ(*url, wanted) << text;
    };
    expect("http://Example.COM", {false, "example.com", 80, "example.com", "/"});
    expect("HTTPS://a.test:443/x?y=1&z=%2F#f", {true, "a.test", 443, "a.test", "/x?y=1&z=%2F"});
    expect("https://a.test:8443?q", {true, "a.test", 8443, "a.test:8443", "/?q"});
    expect("http://[::1]:81/", {false, "::1", 81, "[::1]:81", "/"});
    expect("http://10.0.0.1/", {false, "10.0.0.1", 80, "10.0.0.1", "/"});
}

TEST(HttpUrl, RefusesWhatNoRequestCanGoTo) {
    for (const std::string& text :
         {std::string(), std::string("example.com"), std::string("//example.com/"),
          std::string("file:///etc/passwd"), std::string("http://"), std::string("http:///x"),
          std::string("http://user@a.test/"), std::string("http://a.test:0/"),
          std::string("http://a.test:65536/"), std::string("http://a.test:65616/"),
          std::string("http://a.test:4294967376/"), std::string("http://a b/"),
          std::string("http://a.test/x y"), std::string("http://a.test/\r\nX: y"),
          std::string("http://a%00b.test/"), std::string("http://[::1/"),
          std::string("http://a.test/%zz"), "http://a.test/" + std::string(3000, 'x')}) {
        const auto url = parse_http_url(text);
        ASSERT_FALSE(url) << text;
        EXPECT_EQ(url.error().code, base::ErrorCode("url_invalid"));
    }
}

TEST(HttpUrl, TakesMoreParametersAndStaysAsItIsOtherwise) {
    EXPECT_EQ(with_parameters("https://A.test:443", "b=1"), "https://A.test:443?b=1");
    EXPECT_EQ(with_parameters("https://a.test/%7e/../?x=%41&&#/r?z", "b=%20&c"),
              "https://a.test/%7e/../?x=%41&&b=%20&c#/r?z");
    EXPECT_EQ(with_parameters("no url", "b=1"), "no url");
}

TEST(HttpUrl, AnEmptyUrlOfAnySchemeIsRefusedAndNotFatal) {
    for (const std::string_view text :
         {"http:?", "https:#", "x:", "http:", ":", "http:?://a.test/"}) {
        EXPECT_FALSE(parse_http_url(text)) << text;
        EXPECT_EQ(with_parameters(text, "b=1"), text);
    }
}

TEST(HttpUrl, WhatFollowsThePortBeginsWithASlash) {
    for (const std::string_view text :
         {"http://a.test:81'/x", "https://[::1]:8443x", "http://a.test:81%20"}) {
        EXPECT_FALSE(parse_http_url(text)) << text;
    }
}

}  // namespace
}  // namespace quipu::http::testing
