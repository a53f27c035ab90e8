#include "http/http_client_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/dynamic_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <type_traits>

#include "http/http_parser.h"

namespace quipu::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

using PlainStream = Tcp::socket;
using TlsStream = asio::ssl::stream<Tcp::socket>;
using WireRequest = http::request<http::string_body>;
// Grows with what comes: the length that a host announces is not room to be taken before.
using Parser = http::response_parser<http::dynamic_body>;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr int kMaxInterim = 8;  // answers 1xx before the real one
constexpr std::array<std::string_view, 6> kMethods = {"GET", "HEAD",  "POST",
                                                      "PUT", "PATCH", "DELETE"};
constexpr std::array<std::string_view, 8> kOwnHeaders = {
    "host",    "user-agent", "connection", "content-length", "transfer-encoding",
    "upgrade", "expect",     "te"};

bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kMarks.find(c) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c == '\t' || (c >= ' ' && c != '\x7f') || c < 0; });
}

WireRequest wire_request(const HttpUrl& url, HttpClientRequest request,
                         const std::string& user_agent) {
    WireRequest wire(http::string_to_verb(request.method), url.target, 11);
    wire.set(http::field::host, url.authority);
    wire.set(http::field::user_agent, user_agent);
    wire.set(http::field::connection, "close");
    for (const auto& [name, value] : request.headers) wire.insert(name, value);
    wire.body() = std::move(request.body);
    wire.prepare_payload();
    return wire;
}

template <typename Stream>
class Exchange final : public HttpClientExchange,
                       public std::enable_shared_from_this<Exchange<Stream>> {
public:
    template <typename... StreamArguments>
    Exchange(const HttpUrl& url, WireRequest request, HttpClientLimits limits,
             StreamArguments&&... stream)
        : host_(url.host),
          request_(std::move(request)),
          limits_(limits),
          stream_(std::forward<StreamArguments>(stream)...) {
        new_parser();
    }

    void start(std::vector<Tcp::endpoint> endpoints, Done done) override {
        endpoints_ = std::move(endpoints);
        done_ = std::move(done);
        connect();
    }

    void abort() override {
        done_ = nullptr;
        close();
    }

private:
    Tcp::socket& socket() {
        if constexpr (std::is_same_v<Stream, TlsStream>) {
            return stream_.next_layer();
        } else {
            return stream_;
        }
    }

    void close() {
        ErrorCode ignored;
        socket().close(ignored);
    }

    void finish(base::Result<HttpClientResponse> result) {
        close();
        if (done_) std::exchange(done_, nullptr)(std::move(result));
    }

    void fail(base::ErrorCode code, std::string_view what, const ErrorCode& error) {
        finish(base::fail(code, fmt::format("{}: {}.", what, error.message())));
    }

    // Every handler goes through here, so that none runs after abort.
    auto then(void (Exchange::*next)(const ErrorCode&)) {
        return [self = this->shared_from_this(), next](const ErrorCode& error, auto&&...) {
            if (self->done_) (self.get()->*next)(error);
        };
    }
    auto then(void (Exchange::*next)(const ErrorCode&, std::size_t)) {
        return [self = this->shared_from_this(), next](const ErrorCode& error, std::size_t bytes) {
            if (self->done_) (self.get()->*next)(error, bytes);
        };
    }

    void connect() {
        ErrorCode ignored;
        socket().close(ignored);
        socket().async_connect(endpoints_[tried_++], then(&Exchange::on_connected));
    }

    void on_connected(const ErrorCode& error) {
        if (error && tried_ < endpoints_.size()) return connect();
        if (error) return fail("connection_failed", "The host took no connection", error);
        ErrorCode ignored;
        socket().set_option(Tcp::no_delay(true), ignored);
        if constexpr (std::is_same_v<Stream, TlsStream>) {
            stream_.async_handshake(asio::ssl::stream_base::client, then(&Exchange::on_handshaken));
        } else {
            write();
        }
    }

    void on_handshaken(const ErrorCode& error) {
        if (error) return fail("tls_failed", "The TLS handshake failed", error);
        write();
    }

    void write() { http::async_write(stream_, request_, then(&Exchange::on_written)); }

    // A server may answer before it has read everything, and close: its answer counts.
    void on_written(const ErrorCode&) { read(); }

    void read() {
        const std::size_t room = std::min(kReadBytes, buffer_.max_size() - buffer_.size());
        if (room == 0) return finish(base::fail("no_answer", "A line of the answer is too long."));
        stream_.async_read_some(buffer_.prepare(room), then(&Exchange::on_read));
    }

    void on_read(const ErrorCode& error, std::size_t bytes) {
        buffer_.commit(bytes);
        take(error);
    }

    [[nodiscard]] bool waits_for_more() const {
        const auto data = buffer_.data();
        return parser_->is_header_done() && parser_->chunked() &&
               may_be_cut_last_chunk({static_cast<const char*>(data.data()), data.size()});
    }

    ErrorCode parse() {
        ErrorCode error;
        while (buffer_.size() > 0 && !parser_->is_done() && !waits_for_more()) {
            const std::size_t taken = parser_->put(buffer_.data(), error);
            buffer_.consume(taken);
            if (error == http::error::need_more || (!error && taken == 0)) return {};
            if (error) return error;
        }
        return {};
    }

    // What has come, and how the reading of it ended.
    void take(const ErrorCode& ending) {
        ErrorCode error = parse();
        if (!error && !parser_->is_done()) error = ending;
        if (error == asio::error::eof && parser_->got_some()) {
            error = {};
            parser_->put_eof(error);
        }
        if (error && !(parser_->is_header_done() && parser_->need_eof()))
            return fail("no_answer", "The host did not answer with HTTP", error);
        const auto status = parser_->is_header_done() ? parser_->get().result_int() : 0;
        if (parser_->is_header_done() && (status < 100 || status > 599)) {
            return finish(base::fail("no_answer", "The host answered with no status of HTTP."));
        }
        if (parser_->is_done() && status < 200) return on_interim(status, ending);
        // Over TLS, an end without a notice may have been made by anyone.
        const bool cut =
            parser_->is_header_done() && parser_->get().body().size() > limits_.body_bytes;
        if (parser_->is_done() || cut || error) return finish(take_answer(cut || error));
        read();
    }

    void on_interim(unsigned status, const ErrorCode& ending) {
        if (status == 101 || ++interim_ > kMaxInterim)
            return finish(base::fail("no_answer", "The host did not come to an answer."));
        new_parser();
        buffer_.size() > 0 || ending ? take(ending) : read();
    }

    void new_parser() {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
        parser_->body_limit(boost::none);  // cut by hand, so that a long answer is still one
        if (request_.method() == http::verb::head) parser_->skip(true);
    }

    HttpClientResponse take_answer(bool truncated) {
        auto& message = parser_->get();
        HttpClientResponse answer{.status = static_cast<int>(message.result_int()),
                                  .headers = {},
                                  .body = beast::buffers_to_string(message.body().data()),
                                  .truncated = truncated};
        if (answer.body.size() > limits_.body_bytes) answer.body.resize(limits_.body_bytes);
        for (const auto& field : message)
            answer.headers.emplace_back(std::string(field.name_string()),
                                        std::string(field.value()));
        return answer;
    }

    const std::string host_;
    WireRequest request_;
    HttpClientLimits limits_;
    Stream stream_;
    beast::flat_buffer buffer_{kReadBytes + limits_.header_bytes};
    std::optional<Parser> parser_;
    int interim_ = 0;
    std::vector<Tcp::endpoint> endpoints_;
    std::size_t tried_ = 0;
    Done done_;  // empty once called or aborted
};

}  // namespace

std::shared_ptr<HttpClientExchange> make_exchange(asio::io_context& context,
                                                  asio::ssl::context* tls, const HttpUrl& url,
                                                  HttpClientRequest request,
                                                  const std::string& user_agent,
                                                  HttpClientLimits limits) {
    WireRequest wire = wire_request(url, std::move(request), user_agent);
    if (!url.tls)
        return std::make_shared<Exchange<PlainStream>>(url, std::move(wire), limits, context);
    TlsStream stream(context, *tls);
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification(url.host));
    ErrorCode numeric;
    asio::ip::make_address(url.host, numeric);
    if (numeric) SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
    return std::make_shared<Exchange<TlsStream>>(url, std::move(wire), limits, std::move(stream));
}

base::Result<void> check_request(const HttpClientRequest& request) {
    const auto invalid = [](std::string why) {
        return base::fail("request_invalid", "The request cannot be sent: " + std::move(why) + ".");
    };
    if (std::find(kMethods.begin(), kMethods.end(), request.method) == kMethods.end())
        return invalid("its method is not known");
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || !is_field_value(value))
            return invalid("a header has characters that it may not have");
        const bool own = std::any_of(kOwnHeaders.begin(), kOwnHeaders.end(),
                                     [&](std::string_view h) { return beast::iequals(h, name); });
        if (own) return invalid("the header " + name + " is set by the client");
    }
    return {};
}

}  // namespace quipu::http
