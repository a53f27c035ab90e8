// A server on a free port with a few routes, its loop on a thread of its own.
//
// Routes: /echo shows the request, /hold/<id> answers when the test says so, /drop and /throw fail,
// /size/<n> answers n bytes, /extra has every optional header.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/asio_loop.h"
#include "http/http_server.h"

namespace quipu::http::testing {

// Counts what the server reports.
class Counts final : public HttpObserver {
public:
    void connections(std::size_t open) override;
    void answered(std::uint32_t route, int status, std::chrono::nanoseconds took) override;
    void handler_failed(std::string_view what) override;

    void await_connections(std::size_t open);  // until exactly so many are open; CHECKs after 20 s
    [[nodiscard]] std::size_t most_connections();
    [[nodiscard]] std::vector<int> statuses();
    [[nodiscard]] std::vector<std::string> failures();

private:
    std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    std::size_t open_ = 0;
    std::size_t most_ = 0;
    std::vector<int> statuses_;
    std::vector<std::string> failures_;
};

class TestServer {
public:
    explicit TestServer(HttpServerConfig config = {});
    ~TestServer();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] Counts& counts() { return counts_; }
    [[nodiscard]] std::size_t handled();  // requests that reached the handler

    // Runs on the engine thread and waits for it.
    void on_engine(const std::function<void()>& task);

    void await_held(std::size_t count);  // until so many requests hold; CHECKs after 20 s
    void answer(const std::string& id);  // answers /hold/<id> with that id as body
    void answer_all(const std::vector<std::string>& ids);  // in that order, in one turn

    void begin_stop(std::chrono::milliseconds deadline);
    void await_stopped();
    void destroy_server();  // on the engine thread

private:
    void handle(const HttpRequest& request, Responder respond);

    Counts counts_;
    EngineLoop loop_;
    std::unique_ptr<HttpServer> server_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;  // guards all below but the thread
    std::condition_variable changed_;
    std::map<std::string, Responder> held_;
    std::size_t handled_ = 0;
    bool stopped_ = false;
    std::thread engine_;
};

}  // namespace quipu::http::testing
