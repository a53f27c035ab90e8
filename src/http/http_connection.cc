// HttpConnection, from start to close, and its deadlines.
#include "http/http_connection.h"

#include <utility>

#include "base/check.h"
#include "http/http_core.h"

namespace quipu::http {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Reference = boost::intrusive_ptr<HttpConnection>;

namespace {

constexpr HttpRefusal kRequestTimeout{"request_timeout", "The request was not received in time."};

}  // namespace

HttpConnection::HttpConnection(HttpCore& core, asio::ip::tcp::socket socket)
    : core_(&core), socket_(std::move(socket)) {}

HttpConnection::~HttpConnection() {
    QUIPU_CHECK(core_ == nullptr);
}

void HttpConnection::start() {
    update_wait();
    arm_read();
}

void HttpConnection::refuse(const HttpRefusal& refusal) {
    fail(refusal);
    flush();
    if (core_ != nullptr) update_wait();
}

void HttpConnection::begin_stop() {
    if (core_ == nullptr || lingering_) return;
    if (phase_ == Phase::Body || phase_ == Phase::Chunks) return;  // finish_request sees the stop
    if (first_ == nullptr && out_.empty()) return close();
    phase_ = Phase::Ended;
    if (last_ != nullptr && first_ != nullptr) last_->keep_alive = false;
}

void HttpConnection::close() {
    if (core_ == nullptr) return;
    const Reference self(this);
    HttpCore& core = *core_;
    ErrorCode ignored;
    socket_.close(ignored);
    while (first_ != nullptr) release(std::exchange(first_, first_->next));
    if (current_ != nullptr) release(std::exchange(current_, nullptr));
    core_ = nullptr;
    phase_ = Phase::Ended;
    core.forget(*this);
}

// Lets go of an exchange: back to the pool, or left to the responder that still holds it.
void HttpConnection::release(HttpExchange* exchange) {
    core_->buffered_body_bytes -= exchange->body.size();
    exchange->connection = nullptr;
    if (!exchange->held_by_responder) core_->pool.give_back(exchange);
}

void HttpConnection::on_sweep(Clock::time_point now) {
    if (now < deadline_) return;
    if (wait_ != Wait::Head && wait_ != Wait::Body) return close();
    fail(kRequestTimeout);
    flush();
    if (core_ != nullptr) update_wait();
}

std::chrono::milliseconds HttpConnection::timeout(Wait wait) const {
    const HttpServerConfig& config = core_->config;
    switch (wait) {
        case Wait::FirstByte:
        case Wait::Head:
            return config.header_timeout;
        case Wait::Body:
            return config.body_timeout;
        case Wait::Idle:
            return config.idle_timeout;
        case Wait::Write:
            return config.write_timeout;
        case Wait::Linger:
            return config.linger_timeout;
        case Wait::Nothing:
            break;
    }
    return {};
}

// The deadline stands while one thing is waited for and begins anew with the next; times are those
// of the sweep, so an interval is added for what has passed since.
void HttpConnection::update_wait() {
    Wait wait = Wait::Nothing;
    if (lingering_) {
        wait = Wait::Linger;
    } else if (!out_.empty()) {
        wait = Wait::Write;
    } else if (phase_ == Phase::Body || phase_ == Phase::Chunks) {
        wait = Wait::Body;
    } else if (phase_ == Phase::Head && !in_.empty() && may_parse()) {
        wait = Wait::Head;
    } else if (phase_ == Phase::Head && first_ == nullptr) {
        wait = requests_ == 0 ? Wait::FirstByte : Wait::Idle;
    }
    if (wait == wait_ && requests_ == wait_request_) return;
    wait_ = wait;
    wait_request_ = requests_;
    deadline_ = wait == Wait::Nothing ? Clock::time_point::max()
                                      : core_->now() + timeout(wait) + core_->sweep_interval();
}

}  // namespace quipu::http
