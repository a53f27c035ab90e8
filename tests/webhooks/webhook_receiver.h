// A real HTTP server that takes webhooks and answers as the test says.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/asio_loop.h"
#include "http/http_server.h"

namespace quipu::webhooks::testing {

struct ReceivedWebhook {
    std::string path;
    std::string id;  // webhook-id
    std::string timestamp;
    std::string signature;
    std::string content_type;
    std::string body;
    std::chrono::steady_clock::time_point at;  // when it was taken
};

// On a free port of 127.0.0.1, with a loop and a thread of its own.
class WebhookReceiver {
public:
    WebhookReceiver();
    ~WebhookReceiver();

    [[nodiscard]] std::string url(const std::string& path = "/hook") const;

    // The statuses of the next answers; 200 once they are used up.
    void answer_with(std::vector<int> statuses);
    void retry_after(int seconds);  // with each answer that is not 2xx
    void redirect_to(std::string location);
    void hold(bool hold);  // takes requests and does not answer until it is false again

    // Everything that came, once it is at least `count`; what there is after 20 s.
    [[nodiscard]] std::vector<ReceivedWebhook> await(std::size_t count);
    [[nodiscard]] std::size_t count();
    // How many requests were held at once at most.
    [[nodiscard]] std::size_t most_held();

private:
    void handle(const http::HttpRequest& request, http::Responder respond);

    http::EngineLoop loop_;
    std::unique_ptr<http::HttpServer> server_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;  // guards all below but the thread
    std::condition_variable changed_;
    std::vector<ReceivedWebhook> received_;
    std::deque<int> statuses_;
    int retry_after_ = -1;
    std::string location_;
    bool hold_ = false;
    std::vector<http::Responder> held_;  // engine thread
    std::size_t most_held_ = 0;
    std::thread thread_;
};

// A port of 127.0.0.1 on which nobody listens.
[[nodiscard]] std::uint16_t closed_port();

}  // namespace quipu::webhooks::testing
