#include "http/http_core.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/socket_base.hpp>
#include <utility>

#include "http/http_response_text.h"

namespace quipu::http {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kLongestSweep{250};
constexpr std::size_t kMaxRefusing = 64;  // connections beyond the limit that are told so
constexpr HttpRefusal kTooManyConnections{
    "too_many_connections", "The server has too many open connections.", {}, 1};

// A fraction of the shortest timeout, so that every timeout is kept within a quarter of itself.
std::chrono::milliseconds choose_sweep(const HttpServerConfig& config) {
    const auto shortest = std::min({config.header_timeout, config.body_timeout, config.idle_timeout,
                                    config.write_timeout, config.linger_timeout});
    return std::clamp(shortest / 4, std::chrono::milliseconds{5}, kLongestSweep);
}

std::int64_t unix_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

HttpCore::HttpCore(EngineLoop& loop_, HttpServerConfig config_, Handler handler_,
                   HttpObserver* observer_)
    : loop(loop_),
      config(std::move(config_)),
      handler(std::move(handler_)),
      observer(observer_),
      acceptor_(loop_.context()),
      sweep_interval_(choose_sweep(config)),
      now_(Clock::now()) {
    refresh_date();
}

base::Result<void> HttpCore::listen(const std::string& host, std::uint16_t port) {
    ErrorCode error;
    const auto address = asio::ip::make_address(host, error);
    const Tcp::endpoint endpoint(address, port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        acceptor_.close();
        return base::fail("listen_failed",
                          fmt::format("Cannot listen on {}:{}: {}.", host, port, error.message()));
    }
    port_ = acceptor_.local_endpoint().port();
    return {};
}

void HttpCore::start() {
    accepting_ = true;
    accept();
    plan_sweep();
}

void HttpCore::accept() {
    acceptor_.async_accept([core = shared_from_this()](const ErrorCode& error, Tcp::socket socket) {
        if (!core->accepting_) return;
        if (error) {  // most likely out of descriptors: the sweep tries again
            core->accept_failed_ = true;
            return;
        }
        core->on_accepted(std::move(socket));
        core->accept();
    });
}

void HttpCore::on_accepted(Tcp::socket socket) {
    if (connections_.size() >= config.max_connections + kMaxRefusing) return;
    ErrorCode error;
    socket.non_blocking(true, error);
    if (!error) socket.set_option(Tcp::no_delay(true), error);
    if (error) return;
    Reference connection(new HttpConnection(*this, std::move(socket)));
    connection->slot = connections_.size();
    connections_.push_back(connection);
    if (observer != nullptr) observer->connections(connections_.size());
    if (connections_.size() > config.max_connections) {
        connection->refuse(kTooManyConnections);
    } else {
        connection->start();
    }
}

void HttpCore::forget(HttpConnection& connection) {
    const std::size_t slot = connection.slot;
    std::swap(connections_[slot], connections_.back());
    connections_[slot]->slot = slot;
    connections_.pop_back();
    if (observer != nullptr) observer->connections(connections_.size());
    if (stopping_ && connections_.empty()) {
        loop.post([core = shared_from_this()] { core->finish_stop_if_empty(); });
    }
}

void HttpCore::flush_at_end_of_turn(HttpConnection& connection) {
    to_flush_.emplace_back(&connection);
    if (to_flush_.size() > 1) return;
    loop.at_end_of_turn([core = shared_from_this()] {
        // Answers given while these are flushed belong to the next turn.
        std::vector<Reference> now = std::exchange(core->to_flush_, {});
        for (const Reference& each : now) each->on_turn_ended();
        now.clear();
        if (core->to_flush_.empty()) core->to_flush_ = std::move(now);
    });
}

std::size_t HttpCore::body_limit(std::string_view path) const {
    const bool large =
        std::any_of(config.large_body_prefixes.begin(), config.large_body_prefixes.end(),
                    [&](const std::string& prefix) { return path.starts_with(prefix); });
    return large ? config.max_large_body_bytes : config.max_body_bytes;
}

void HttpCore::plan_sweep() {
    loop.run_after(sweep_interval_, [weak = weak_from_this()] {
        if (const auto core = weak.lock()) core->sweep();
    });
}

void HttpCore::sweep() {
    now_ = Clock::now();
    refresh_date();
    const bool all = now_ >= stop_deadline_;
    // Backwards: closing one moves the last, already visited, into its place.
    for (std::size_t i = connections_.size(); i-- > 0;) {
        if (i >= connections_.size()) continue;
        const Reference connection = connections_[i];
        if (all) {
            connection->close();
        } else {
            connection->on_sweep(now_);
        }
    }
    if (std::exchange(accept_failed_, false) && accepting_) accept();
    if (accepting_ || !connections_.empty()) plan_sweep();
}

void HttpCore::refresh_date() {
    const std::int64_t second = unix_seconds();
    if (second == date_second_) return;
    date_second_ = second;
    date_ = date_line(second);
}

void HttpCore::stop(std::chrono::milliseconds deadline, std::function<void()> done) {
    accepting_ = false;
    stopping_ = true;
    stopped_ = std::move(done);
    stop_deadline_ = Clock::now() + deadline;
    ErrorCode ignored;
    acceptor_.close(ignored);
    const std::vector<Reference> open = connections_;
    for (const Reference& connection : open) connection->begin_stop();
    loop.post([core = shared_from_this()] { core->finish_stop_if_empty(); });
}

void HttpCore::finish_stop_if_empty() {
    if (!connections_.empty() || !stopped_) return;
    std::exchange(stopped_, nullptr)();
}

void HttpCore::close_all() {
    accepting_ = false;
    stopped_ = nullptr;
    ErrorCode ignored;
    acceptor_.close(ignored);
    const std::vector<Reference> open = connections_;
    for (const Reference& connection : open) connection->close();
}

}  // namespace quipu::http
