// HttpConnection, reading: bytes to requests, and requests to the handler.
#include <boost/asio/buffer.hpp>
#include <exception>
#include <utility>

#include "http/http_connection.h"
#include "http/http_core.h"

namespace quipu::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Reference = boost::intrusive_ptr<HttpConnection>;

namespace {

constexpr std::size_t kHeadRead = 16 * 1024;  // bytes; bounds the requests parsed in one go
constexpr std::size_t kKeptInput = 4 * 1024;  // bytes; a larger empty buffer is freed
constexpr std::string_view kEndOfHead = "\r\n\r\n";

constexpr HttpRefusal kHeadersTooLarge{"headers_too_large", "The request headers are too large."};
constexpr HttpRefusal kBodyTooLarge{"body_too_large", "The request body is too large."};
constexpr HttpRefusal kOverloaded{
    "overloaded", "The server holds too many request bodies; try again later.", {}, 1};

}  // namespace

void HttpConnection::arm_read() {
    if (core_ == nullptr || read_armed_ || read_ended_ || !(lingering_ || may_parse())) return;
    read_armed_ = true;
    // Waiting instead of reading: the buffer is shared, and no read is tried that finds nothing.
    socket_.async_wait(asio::socket_base::wait_read,
                       [self = Reference(this)](const ErrorCode& error) {
                           self->read_armed_ = false;
                           if (!error && self->core_ != nullptr) self->on_readable();
                       });
}

void HttpConnection::on_readable() {
    const std::size_t most = phase_ == Phase::Head ? kHeadRead : core_->read_buffer.size();
    ErrorCode error;
    const std::size_t size =
        socket_.read_some(asio::buffer(core_->read_buffer.data(), most), error);
    if (error == asio::error::eof) return on_eof();
    if (error && !would_block(error)) return close();
    if (error) return arm_read();
    if (lingering_) return discard(size);
    const std::string_view got(core_->read_buffer.data(), size);
    if (in_.empty()) return process(got);
    in_.append(got);
    process(in_);
}

void HttpConnection::on_eof() {
    read_ended_ = true;
    phase_ = Phase::Ended;
    if (current_ != nullptr) release(std::exchange(current_, nullptr));
    if (lingering_ || (first_ == nullptr && out_.empty())) return close();
    update_wait();
}

void HttpConnection::discard(std::size_t bytes) {
    if (bytes >= linger_left_) return close();
    linger_left_ -= bytes;
    arm_read();
}

bool HttpConnection::may_parse() const {
    return phase_ != Phase::Ended && out_.empty() && in_flight_ < core_->config.max_pipelined;
}

// `input` is in_ or looks into the shared read buffer.
void HttpConnection::process(std::string_view input) {
    working_ = true;
    flush();
    for (bool more = core_ != nullptr; more;) {
        while (core_ != nullptr && may_parse() && parse(input)) continue;
        if (core_ == nullptr) break;
        const bool was_full = !may_parse();
        flush();
        // Answers that were ready at once made room again.
        more = core_ != nullptr && was_full && may_parse() && !input.empty();
    }
    working_ = false;
    if (core_ == nullptr) return;
    keep_rest(input);
    update_wait();
    arm_read();
}

void HttpConnection::keep_rest(std::string_view input) {
    if (phase_ == Phase::Ended) input = {};
    const bool inside =
        !in_.empty() && input.data() >= in_.data() && input.data() <= in_.data() + in_.size();
    if (input.empty()) {
        in_.clear();
        if (in_.capacity() > kKeptInput) in_ = std::string();
    } else if (inside) {
        in_.erase(0, static_cast<std::size_t>(input.data() - in_.data()));
    } else {
        in_.assign(input);
    }
}

// One step; false when it needs more input.
bool HttpConnection::parse(std::string_view& input) {
    switch (phase_) {
        case Phase::Head:
            return parse_head(input);
        case Phase::Body:
            return parse_body(input);
        case Phase::Chunks:
            return parse_chunks(input);
        case Phase::Ended:
            break;
    }
    return false;
}

bool HttpConnection::parse_head(std::string_view& input) {
    while (input.starts_with("\r\n")) {  // left over by some clients behind a body
        input.remove_prefix(2);
        scanned_ = 0;
    }
    if (input.empty()) return false;
    const bool method_start = input[0] >= 'A' && input[0] <= 'Z';
    if (!method_start && input != "\r") {
        fail(kMalformedRequest);
        return false;
    }
    const std::size_t limit = core_->config.max_header_bytes;
    const std::size_t end = input.substr(0, limit).find(kEndOfHead, scanned_);
    if (end == std::string_view::npos) {
        if (input.size() >= limit) fail(kHeadersTooLarge);
        scanned_ = input.size() < kEndOfHead.size() ? 0 : input.size() - (kEndOfHead.size() - 1);
        return false;
    }
    scanned_ = 0;
    HttpExchange& exchange = current();
    exchange.head.assign(input.substr(0, end + kEndOfHead.size()));
    input.remove_prefix(exchange.head.size());
    const auto head = parser_.parse_head(exchange.head, exchange.fields);
    if (!head) {
        fail(kMalformedRequest);
        return false;
    }
    const HttpAsk ask = read_head(*head, exchange.fields);
    exchange.request = ask.request;
    exchange.head_only = ask.head_only;
    exchange.http11 = head->http11;
    exchange.keep_alive = head->keep_alive;
    exchange.cors = cors_of(ask.request, core_->config.cors_origins);
    if (ask.refusal) {
        fail(*ask.refusal);
        return false;
    }
    begin_body(*head, ask);
    return phase_ != Phase::Ended;
}

void HttpConnection::begin_body(const HttpHead& head, const HttpAsk& ask) {
    body_limit_ = core_->body_limit(current_->request.path);
    const std::uint64_t length = head.content_length.value_or(0);
    if (length > body_limit_) return fail(kBodyTooLarge);
    if (!head.chunked && length == 0) return finish_request();
    body_left_ = static_cast<std::size_t>(length);
    phase_ = head.chunked ? Phase::Chunks : Phase::Body;
    continue_wanted_ = ask.expects_continue;
}

bool HttpConnection::parse_body(std::string_view& input) {
    if (input.empty()) return false;
    continue_wanted_ = false;
    const std::string_view part = input.substr(0, body_left_);
    const std::size_t before = current_->body.size();
    current_->body.append(part);
    input.remove_prefix(part.size());
    body_left_ -= part.size();
    if (!account_body(before)) return false;
    if (body_left_ > 0) return false;
    finish_request();
    return true;
}

bool HttpConnection::parse_chunks(std::string_view& input) {
    if (input.empty()) return false;
    continue_wanted_ = false;
    const std::size_t before = current_->body.size();
    const ChunkedStep step = parser_.parse_chunked(input, current_->body, body_limit_);
    if (!account_body(before)) return false;
    switch (step) {
        case ChunkedStep::NeedMore:
            return false;
        case ChunkedStep::TooLarge:
            fail(kBodyTooLarge);
            return false;
        case ChunkedStep::Malformed:
            fail(kMalformedRequest);
            return false;
        case ChunkedStep::Done:
            break;
    }
    finish_request();
    return true;
}

bool HttpConnection::account_body(std::size_t before) {
    core_->buffered_body_bytes += current_->body.size() - before;
    if (core_->buffered_body_bytes <= core_->config.max_buffered_body_bytes) return true;
    fail(kOverloaded);
    return false;
}

void HttpConnection::finish_request() {
    HttpExchange& exchange = *std::exchange(current_, nullptr);
    if (core_->stopping()) exchange.keep_alive = false;
    phase_ = exchange.keep_alive ? Phase::Head : Phase::Ended;
    exchange.request.body = exchange.body;
    ++requests_;
    enqueue(exchange);
    call_handler(exchange);
}

void HttpConnection::call_handler(HttpExchange& exchange) {
    exchange.held_by_responder = true;
    HttpObserver* const observer = core_->observer;
    if (observer != nullptr) exchange.received = Clock::now();
    if (exchange.cors.preflight) return Responder(exchange)(HttpResponse{.status = 204});
    try {
        core_->handler(exchange.request, Responder(exchange));
    } catch (const std::exception& failure) {
        if (observer != nullptr) observer->handler_failed(failure.what());
    }
}

HttpExchange& HttpConnection::current() {
    if (current_ == nullptr) {
        current_ = core_->pool.take();
        current_->connection = this;
    }
    return *current_;
}

}  // namespace quipu::http
