// One client connection: reads requests, keeps their answers in order, and never waits without a
// limit.
//
// Counted by hand without atomics: the server and each asio handler hold it, all on the engine
// thread.
#pragma once

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/http_exchange.h"
#include "http/http_head.h"
#include "http/http_parser.h"

namespace quipu::http {

class HttpCore;

// Whether a socket call failed only because it would have had to wait.
[[nodiscard]] inline bool would_block(const boost::system::error_code& error) {
    return error == boost::asio::error::would_block || error == boost::asio::error::try_again ||
           error == boost::asio::error::interrupted;
}

class HttpConnection {
public:
    using Clock = std::chrono::steady_clock;

    HttpConnection(HttpCore& core, boost::asio::ip::tcp::socket socket);
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    void start();
    void refuse(const HttpRefusal& refusal);  // instead of start: answers this and closes
    void begin_stop();                        // answers what is in flight, then closes
    void close();                             // at once; waiting responders become harmless

    void on_answered(HttpExchange& exchange);  // from its responder
    void on_turn_ended();                      // sends what was answered in this turn
    void on_sweep(Clock::time_point now);      // acts when the deadline has passed

    std::size_t slot = 0;  // where the server keeps it

private:
    enum class Phase { Head, Body, Chunks, Ended };  // Ended: no further request is read
    enum class Wait { Nothing, FirstByte, Head, Body, Idle, Write, Linger };

    // Reading.
    void arm_read();
    void on_readable();
    void on_eof();
    void discard(std::size_t bytes);
    void process(std::string_view input);
    void keep_rest(std::string_view input);
    [[nodiscard]] bool may_parse() const;
    [[nodiscard]] bool parse(std::string_view& input);
    [[nodiscard]] bool parse_head(std::string_view& input);
    [[nodiscard]] bool parse_body(std::string_view& input);
    [[nodiscard]] bool parse_chunks(std::string_view& input);
    void begin_body(const HttpHead& head, const HttpAsk& ask);
    [[nodiscard]] bool account_body(std::size_t before);
    void finish_request();
    void call_handler(HttpExchange& exchange);

    // Answering.
    void fail(const HttpRefusal& refusal);
    void enqueue(HttpExchange& exchange);
    void flush();
    void collect_answers(std::string& out);
    void send(std::string& out);
    void arm_write();
    void on_writable();
    void after_answers();
    void linger();

    void update_wait();
    [[nodiscard]] std::chrono::milliseconds timeout(Wait wait) const;
    void release(HttpExchange* exchange);
    [[nodiscard]] HttpExchange& current();

    HttpCore* core_;  // null once closed
    boost::asio::ip::tcp::socket socket_;
    HttpParser parser_;
    std::string in_;                   // received and not parsed yet
    std::size_t scanned_ = 0;          // bytes of in_ that hold no end of the head
    std::string out_;                  // what the socket did not take yet
    std::size_t out_sent_ = 0;         // bytes of out_ already sent
    HttpExchange* current_ = nullptr;  // the request being read
    HttpExchange* first_ = nullptr;    // in flight, in the order of answers
    HttpExchange* last_ = nullptr;
    std::size_t in_flight_ = 0;
    std::uint64_t requests_ = 0;
    std::size_t body_left_ = 0;
    std::size_t body_limit_ = 0;
    std::size_t linger_left_ = 0;  // bytes still read and dropped while lingering
    Clock::time_point deadline_ = Clock::time_point::max();
    std::uint64_t wait_request_ = 0;  // requests_ when wait_ began
    Wait wait_ = Wait::Nothing;
    Phase phase_ = Phase::Head;
    bool read_armed_ = false;
    bool write_armed_ = false;
    bool read_ended_ = false;  // the client sends no more
    bool working_ = false;     // inside process or flush
    bool flush_planned_ = false;
    bool continue_wanted_ = false;  // 100 Continue is still to be sent
    bool lingering_ = false;

    std::size_t references_ = 0;
    friend void intrusive_ptr_add_ref(HttpConnection* connection) { ++connection->references_; }
    friend void intrusive_ptr_release(HttpConnection* connection) {
        if (--connection->references_ == 0) delete connection;
    }
};

}  // namespace quipu::http
