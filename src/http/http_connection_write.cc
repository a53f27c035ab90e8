// HttpConnection, answering: answers in order, as few sends as possible, and a close that loses
// none.
#include <boost/asio/buffer.hpp>
#include <utility>

#include "http/http_connection.h"
#include "http/http_core.h"
#include "http/http_error.h"
#include "http/http_response_text.h"

namespace quipu::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Reference = boost::intrusive_ptr<HttpConnection>;

namespace {

constexpr std::size_t kKeptWriteBuffer = 1 << 20;  // bytes; a larger shared buffer is freed
constexpr std::size_t kLingerBytes = 1024 * 1024;  // read and dropped after the last answer
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

// Answers the request being read with an error, behind those in flight, and reads no more.
void HttpConnection::fail(const HttpRefusal& refusal) {
    HttpExchange& exchange = current();
    current_ = nullptr;
    exchange.keep_alive = false;
    exchange.response = error_response(refusal.code, refusal.sentence);
    exchange.response.allow = refusal.allow;
    exchange.response.retry_after_seconds = refusal.retry_after_seconds;
    exchange.answered = true;
    if (core_->observer != nullptr) exchange.received = Clock::now();
    continue_wanted_ = false;
    phase_ = Phase::Ended;
    enqueue(exchange);
}

void HttpConnection::enqueue(HttpExchange& exchange) {
    (first_ == nullptr ? first_ : last_->next) = &exchange;
    last_ = &exchange;
    ++in_flight_;
}

void HttpConnection::on_answered(HttpExchange& exchange) {
    const bool turn = first_ == &exchange;
    if (working_ || flush_planned_ || !turn) return;
    flush_planned_ = true;
    core_->flush_at_end_of_turn(*this);
}

void HttpConnection::on_turn_ended() {
    flush_planned_ = false;
    if (core_ != nullptr) process(in_);
}

void HttpConnection::flush() {
    if (!out_.empty()) return;  // on_writable comes back here
    std::string& out = core_->write_buffer;
    out.clear();
    collect_answers(out);
    if (continue_wanted_ && first_ == nullptr) {
        continue_wanted_ = false;
        out.append(kContinue);
    }
    if (!out.empty()) send(out);
    if (core_ != nullptr) after_answers();
}

void HttpConnection::collect_answers(std::string& out) {
    while (first_ != nullptr && first_->answered) {
        HttpExchange* const exchange = first_;
        append_response(out, *exchange, core_->date());
        if (core_->observer != nullptr) {
            core_->observer->answered(exchange->route, exchange->response.status,
                                      Clock::now() - exchange->received);
        }
        first_ = exchange->next;
        --in_flight_;
        release(exchange);
    }
}

void HttpConnection::send(std::string& out) {
    ErrorCode error;
    const std::size_t sent = socket_.write_some(asio::buffer(out), error);
    if (error && !would_block(error)) return close();
    if (error || sent < out.size()) {
        out_.assign(out, error ? 0 : sent);
        out_sent_ = 0;
        arm_write();
    }
    if (out.capacity() > kKeptWriteBuffer) out = std::string();
}

void HttpConnection::arm_write() {
    if (write_armed_) return;
    write_armed_ = true;
    socket_.async_wait(asio::socket_base::wait_write,
                       [self = Reference(this)](const ErrorCode& error) {
                           self->write_armed_ = false;
                           if (!error && self->core_ != nullptr) self->on_writable();
                       });
}

void HttpConnection::on_writable() {
    ErrorCode error;
    const asio::const_buffer rest(out_.data() + out_sent_, out_.size() - out_sent_);
    const std::size_t sent = socket_.write_some(rest, error);
    if (error && !would_block(error)) return close();
    if (!error) out_sent_ += sent;
    if (out_sent_ < out_.size()) return arm_write();
    out_ = std::string();
    wait_ = Wait::Nothing;  // what is blocked next has its own time
    process(in_);
}

void HttpConnection::after_answers() {
    if (phase_ == Phase::Ended && first_ == nullptr && out_.empty() && !lingering_) linger();
}

// Closing a socket that has unread input would reset it and could take the last answer along.
void HttpConnection::linger() {
    if (read_ended_) return close();
    ErrorCode error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (error) return close();
    lingering_ = true;
    linger_left_ = kLingerBytes;
    update_wait();
    arm_read();
}

}  // namespace quipu::http
