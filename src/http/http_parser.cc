#include "http/http_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>

namespace quipu::http {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;

namespace {

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

// Longest chunk header with extensions, or last chunk with trailers, in bytes.
constexpr std::size_t kMaxChunkHeader = 8 * 1024;

}  // namespace

class HttpParser::Message final : public http::basic_parser<true> {
public:
    Message(std::string_view text, std::vector<HttpField>& fields) : text_(text), fields_(fields) {
        // The connection counts the bytes itself.
        header_limit(std::numeric_limits<std::uint32_t>::max());
        body_limit(boost::none);
    }

    HttpHead head;
    std::string* body = nullptr;
    std::size_t limit = 0;

private:
    void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                         int version, ErrorCode&) override {
        head.method = view(method);
        head.target = view(target);
        head.http11 = version == 11;
    }

    void on_field_impl(http::field, beast::string_view name, beast::string_view value,
                       ErrorCode& error) override {
        if (is_header_done()) return;  // a trailer
        const bool folded = !value.empty() && (value.data() < text_.data() ||
                                               value.data() >= text_.data() + text_.size());
        if (folded) {  // obsolete line folding comes out of a buffer of the parser
            error = http::error::bad_obs_fold;
            return;
        }
        fields_.push_back({view(name), view(value)});
    }

    void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}
    void on_header_impl(ErrorCode&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
    void on_finish_impl(ErrorCode&) override {}

    std::size_t on_body_impl(beast::string_view part, ErrorCode&) override { return part.size(); }

    void on_chunk_header_impl(std::uint64_t size, beast::string_view, ErrorCode& error) override {
        if (size > limit - body->size()) error = http::error::body_limit;
    }

    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view part, ErrorCode&) override {
        body->append(part.data(), part.size());
        return part.size();
    }

    std::string_view text_;
    std::vector<HttpField>& fields_;
};

struct HttpParser::Impl {
    std::optional<Message> message;
};

HttpParser::HttpParser() : impl_(std::make_unique<Impl>()) {}
HttpParser::~HttpParser() = default;

std::optional<HttpHead> HttpParser::parse_head(std::string_view text,
                                               std::vector<HttpField>& fields) {
    fields.clear();
    Message& message = impl_->message.emplace(text, fields);
    ErrorCode error;
    const std::size_t taken = message.put({text.data(), text.size()}, error);
    if (error || taken != text.size() || !message.is_header_done()) return std::nullopt;
    message.head.keep_alive = message.keep_alive();
    message.head.chunked = message.chunked();
    if (const auto length = message.content_length()) message.head.content_length = *length;
    return message.head;
}

ChunkedStep HttpParser::parse_chunked(std::string_view& input, std::string& body,
                                      std::size_t limit) {
    Message& message = *impl_->message;
    message.body = &body;
    message.limit = limit;
    while (!message.is_done()) {
        if (input.empty() || may_be_cut_last_chunk(input)) return ChunkedStep::NeedMore;
        ErrorCode error;
        const std::size_t taken = message.put({input.data(), input.size()}, error);
        input.remove_prefix(taken);
        if (error == http::error::body_limit) return ChunkedStep::TooLarge;
        if (error == http::error::need_more) {
            return input.size() > kMaxChunkHeader ? ChunkedStep::Malformed : ChunkedStep::NeedMore;
        }
        if (error) return ChunkedStep::Malformed;
    }
    return ChunkedStep::Done;
}

}  // namespace quipu::http
