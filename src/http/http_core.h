// What all connections of one server share: settings, handler, buffers, the sweep and the stop.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/asio_loop.h"
#include "http/http_connection.h"
#include "http/http_exchange.h"
#include "http/http_server.h"

namespace quipu::http {

class HttpCore : public std::enable_shared_from_this<HttpCore> {
public:
    using Clock = std::chrono::steady_clock;

    HttpCore(EngineLoop& loop, HttpServerConfig config, Handler handler, HttpObserver* observer);

    [[nodiscard]] base::Result<void> listen(const std::string& host, std::uint16_t port);
    [[nodiscard]] std::uint16_t port() const { return port_; }
    void start();
    void stop(std::chrono::milliseconds deadline, std::function<void()> done);
    void close_all();
    [[nodiscard]] std::size_t open_connections() const { return connections_.size(); }

    // For connections.
    void forget(HttpConnection& connection);
    void flush_at_end_of_turn(HttpConnection& connection);
    [[nodiscard]] std::size_t body_limit(std::string_view path) const;
    [[nodiscard]] std::string_view date() const { return date_; }
    [[nodiscard]] Clock::time_point now() const { return now_; }  // as of the last sweep
    [[nodiscard]] std::chrono::milliseconds sweep_interval() const { return sweep_interval_; }
    [[nodiscard]] bool stopping() const { return stopping_; }

    EngineLoop& loop;
    const HttpServerConfig config;
    const Handler handler;
    HttpObserver* const observer;
    ExchangePool pool;
    std::size_t buffered_body_bytes = 0;
    std::array<char, 64 * 1024>
        read_buffer;           // one read at a time: what is not parsed is copied out
    std::string write_buffer;  // one answer at a time: what is not sent is copied out

private:
    using Reference = boost::intrusive_ptr<HttpConnection>;

    void accept();
    void on_accepted(boost::asio::ip::tcp::socket socket);
    void plan_sweep();
    void sweep();
    void refresh_date();
    void finish_stop_if_empty();

    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::chrono::milliseconds sweep_interval_;
    Clock::time_point now_;
    std::int64_t date_second_ = -1;
    std::string date_;
    std::vector<Reference> connections_;
    std::vector<Reference> to_flush_;
    bool accepting_ = false;
    bool accept_failed_ = false;
    bool stopping_ = false;
    Clock::time_point stop_deadline_ = Clock::time_point::max();
    std::function<void()> stopped_;
};

}  // namespace quipu::http
