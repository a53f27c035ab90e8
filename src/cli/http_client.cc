#include "cli/http_client.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>

namespace quipu::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{256} << 20;

}  // namespace

struct HttpClient::Impl {
    std::string host;
    std::string port;
    std::chrono::milliseconds timeout;
    asio::io_context context;
    beast::tcp_stream stream{context};
    beast::flat_buffer buffer;
    bool connected = false;

    // Runs one asynchronous operation to its end: only those keep the stream's time limit.
    template <typename Start>
    error_code await(Start&& start) {
        error_code result;
        context.restart();
        start([&result](error_code error, const auto&...) { result = error; });
        context.run();
        return result;
    }

    error_code connect() {
        if (connected) return {};
        error_code error;
        asio::ip::tcp::resolver resolver(context);
        const auto endpoints = resolver.resolve(host, port, error);
        if (error) return error;
        buffer.clear();
        stream.expires_after(timeout);
        error = await([&](auto done) { stream.async_connect(endpoints, std::move(done)); });
        connected = !error;
        return error;
    }

    void close() {
        connected = false;
        stream.close();
    }
};

HttpClient::HttpClient(std::string host, std::string port, std::chrono::milliseconds timeout)
    : impl_(std::make_unique<Impl>()) {
    impl_->host = std::move(host);
    impl_->port = std::move(port);
    impl_->timeout = timeout;
}

HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

base::Result<HttpReply> HttpClient::send(const std::string& method, const std::string& path,
                                         const std::string& body, const std::string& key) {
    Impl& impl = *impl_;
    if (const error_code error = impl.connect()) {
        return base::fail("server_unreachable", fmt::format("There is no server at {}:{}: {}.",
                                                            impl.host, impl.port, error.message()));
    }
    http::request<http::string_body> request(http::string_to_verb(method), path, 11);
    request.set(http::field::host, impl.host + ":" + impl.port);
    if (!key.empty()) request.set(http::field::authorization, "Bearer " + key);
    if (!body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = body;
    request.prepare_payload();

    http::response_parser<http::string_body> answer;
    answer.body_limit(kMaxAnswerBytes);
    impl.stream.expires_after(impl.timeout);
    error_code error =
        impl.await([&](auto done) { http::async_write(impl.stream, request, std::move(done)); });
    if (!error) {
        error = impl.await([&](auto done) {
            http::async_read(impl.stream, impl.buffer, answer, std::move(done));
        });
    }
    if (error) {
        impl.close();
        return base::fail("no_answer", fmt::format("The server at {}:{} did not answer: {}.",
                                                   impl.host, impl.port, error.message()));
    }
    if (!answer.get().keep_alive()) impl.close();
    return HttpReply{static_cast<int>(answer.get().result_int()), std::move(answer.get().body())};
}

}  // namespace quipu::cli
