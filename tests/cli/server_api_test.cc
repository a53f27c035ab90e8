// What the commands send to a running server, and which of its answers are errors.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "cli/server_call.h"
#include "cli/server_url.h"
#include "http/http_fixture.h"
#include "http/http_raw_server.h"

namespace quipu::cli {
namespace {

using http::testing::RawServer;

std::string url_of(const RawServer& server, const std::string& path = "") {
    return fmt::format("http://127.0.0.1:{}{}", server.port(), path);
}

ServerApi api_of(const RawServer& server, const std::string& path = "") {
    return std::move(ServerApi::open({url_of(server, path), "sk_1"}).value());
}

std::string error_of(const base::Result<std::string>& answer) {
    return answer ? *answer
                  : fmt::format("{}: {}", answer.error().code.text(), answer.error().message);
}

TEST(ServerApi, IsAtTheAddressOfAServerWithOrWithoutItsMount) {
    for (const char* url : {"http://localhost", "http://a-b.example.com:8080",
                            "http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1",
                            "http://127.0.0.1:8080/v1//", "http://[::1]:8080", "http://[::1]/v1"})
        EXPECT_TRUE(ServerApi::open({url, "sk_1"})) << url;
    for (const std::string url :
         {"", "localhost:8080", "https://localhost", "ftp://localhost", "http://", "http:///v1",
          "http://localhost/v2", "http://localhost/v1/v1", "http://localhost/v1/keys",
          "http://localhost/v1?a=b"}) {
        const auto api = ServerApi::open({url, "sk_1"});
        ASSERT_FALSE(api) << url;
        EXPECT_EQ(api.error().code, base::ErrorCode("usage"));
        EXPECT_EQ(api.error().message, "--url '" + url + "' is not http://HOST:PORT.");
    }
    EXPECT_EQ(ServerApi::open({"http://localhost", ""}).error().message, "--key is required.");
}

TEST(ServerApi, SendsTheKeyAndABodyAsJson) {
    RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    for (const char* path : {"", "/", "/v1", "/v1/"})
        EXPECT_EQ(error_of(api_of(server, path).get("/keys?a=%20b")), "{}");
    EXPECT_EQ(error_of(api_of(server).post("/track", R"({"x":1})")), "{}");
    const auto heads = server.heads();
    ASSERT_EQ(heads.size(), 5U);
    const auto has = [](const std::string& head, const std::string& text) {
        return head.find(text) != std::string::npos;
    };
    for (const auto& head : heads) {
        EXPECT_TRUE(has(head, "\r\nAuthorization: Bearer sk_1\r\n")) << head;
        EXPECT_TRUE(has(head, fmt::format("\r\nHost: 127.0.0.1:{}\r\n", server.port()))) << head;
    }
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_TRUE(heads[i].starts_with("GET /v1/keys?a=%20b HTTP/1.1\r\n")) << heads[i];
        EXPECT_FALSE(has(heads[i], "\r\nContent-Type:")) << heads[i];
    }
    EXPECT_TRUE(heads[4].starts_with("POST /v1/track HTTP/1.1\r\n")) << heads[4];
    EXPECT_TRUE(has(heads[4], "\r\nContent-Type: application/json\r\n")) << heads[4];
    EXPECT_TRUE(has(heads[4], "\r\nContent-Length: 7\r\n")) << heads[4];
}

TEST(ServerApi, AnErrorOfTheServerIsTheCommandsError) {
    RawServer with_code(
        "HTTP/1.1 404 Not Found\r\nContent-Length: 44\r\n\r\n"
        R"({"code":"not_found","error":"Nobody knows."})");
    EXPECT_EQ(error_of(api_of(with_code).get("/keys")), "not_found: Nobody knows.");
    RawServer without("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops");
    EXPECT_EQ(error_of(api_of(without).get("/keys")), "http_error: The server answered 502.");
    RawServer elsewhere("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(error_of(api_of(elsewhere).get("/keys")), "http_error: The server answered 302.");
}

TEST(ServerApi, TellsAServerThatIsNotThereFromOneThatDidNotAnswer) {
    std::string gone;
    {
        const RawServer server("");
        gone = url_of(server);
    }
    const auto nobody = ServerApi::open({gone, "sk_1"})->get("/keys");
    EXPECT_EQ(nobody.error().code, base::ErrorCode("server_unreachable"));
    EXPECT_TRUE(nobody.error().message.starts_with("There is no server at 127.0.0.1:"));
    EXPECT_TRUE(nobody.error().message.ends_with(": Connection refused."));

    for (const char* bytes :
         {"", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"}) {
        const RawServer server(bytes);
        const auto silent = api_of(server).get("/keys");
        ASSERT_FALSE(silent) << bytes;
        EXPECT_EQ(silent.error().code, base::ErrorCode("no_answer")) << bytes;
        EXPECT_TRUE(silent.error().message.starts_with(
            fmt::format("The server at 127.0.0.1:{} did not answer: ", server.port())))
            << silent.error().message;
    }
}

TEST(ServerCall, WaitsSoLongAndTakesSoMuch) {
    http::testing::TestServer server;
    const auto ask = [&](const std::string& path, http::HttpClientConfig config) {
        const std::string url = fmt::format("http://127.0.0.1:{}{}", server.port(), path);
        return call_server(server_request("GET", url, "", ""), std::move(config));
    };
    auto config = patient();
    config.max_response_body_bytes = 1000;
    EXPECT_EQ(ask("/size/1000", config)->body.size(), 1000U);
    const auto long_one = ask("/size/1001", config);
    ASSERT_FALSE(long_one);
    EXPECT_EQ(long_one.error().code, base::ErrorCode("no_answer"));
    EXPECT_EQ(ask("/size/3000000", patient())->body.size(), 3'000'000U);
    const auto late = ask("/hold/1", patient(std::chrono::milliseconds(50)));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, base::ErrorCode("no_answer"));
}

TEST(ServerCall, SendsNothingThatIsNoRequest) {
    const auto code_of = [](const std::string& url, const std::string& key) {
        return call_server(server_request("GET", url, "", key), patient()).error().code.text();
    };
    EXPECT_EQ(code_of("localhost:1/x", ""), "url_invalid");
    EXPECT_EQ(code_of("http://localhost:1/x", "sk\r\nX: y"), "request_invalid");
}

}  // namespace
}  // namespace quipu::cli
