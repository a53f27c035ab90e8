#include "cli/server_call.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "http/asio_loop.h"
#include "http/http_url.h"

namespace quipu::cli {
namespace {

using Answer = base::Result<http::HttpClientResponse>;

constexpr std::size_t kMaxAnswerBytes = std::size_t{256} << 20;

tl::unexpected<base::Error> no_answer(const std::string& server, std::string_view why) {
    return base::fail("no_answer", fmt::format("The server at {} did not answer: {}", server, why));
}

tl::unexpected<base::Error> as_of_a_server(const std::string& server, const base::Error& error) {
    if (error.code == "timed_out" || error.code == "no_answer")
        return no_answer(server, error.message);
    if (error.code == "url_invalid" || error.code == "request_invalid")
        return tl::unexpected(error);
    return base::fail("server_unreachable",
                      fmt::format("There is no server at {}: {}", server, error.message));
}

Answer send_and_wait(http::HttpClientRequest request, http::HttpClientConfig config) {
    std::optional<Answer> answer;
    http::EngineLoop loop;
    http::HttpClient client(loop, std::move(config));
    client.send(std::move(request), [&](Answer result) {
        answer = std::move(result);
        loop.stop();
    });
    loop.run();
    return std::move(*answer);
}

}  // namespace

http::HttpClientRequest server_request(std::string method, std::string url, std::string body,
                                       const std::string& key) {
    http::HttpClientRequest request{
        .method = std::move(method), .url = std::move(url), .headers = {}, .body = std::move(body)};
    if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + key);
    if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    return request;
}

http::HttpClientConfig patient(std::chrono::milliseconds timeout) {
    return {.timeout = timeout,
            .max_response_body_bytes = kMaxAnswerBytes,
            .resolver_threads = 1,
            .https = false};
}

Answer call_server(http::HttpClientRequest request, http::HttpClientConfig config) {
    const auto url = http::parse_http_url(request.url);
    if (!url) return tl::unexpected(url.error());
    auto answer = send_and_wait(std::move(request), std::move(config));
    if (!answer) return as_of_a_server(url->authority, answer.error());
    if (answer->truncated) return no_answer(url->authority, "The answer is too long.");
    return answer;
}

}  // namespace quipu::cli
