#include "webhooks/webhook_receiver.h"

#include <algorithm>
#include <future>

#include "base/check.h"

namespace quipu::webhooks::testing {
namespace {

constexpr std::chrono::seconds kPatience{20};

}  // namespace

WebhookReceiver::WebhookReceiver() {
    server_ = std::make_unique<http::HttpServer>(
        loop_, http::HttpServerConfig{},
        [this](const http::HttpRequest& request, http::Responder respond) {
            handle(request, std::move(respond));
        });
    QUIPU_CHECK(server_->listen("127.0.0.1", 0).has_value());
    port_ = server_->port();
    server_->start();
    thread_ = std::thread([this] { loop_.run(); });
}

WebhookReceiver::~WebhookReceiver() {
    std::promise<void> cleared;
    loop_.post([&] {
        held_.clear();
        server_.reset();
        cleared.set_value();
    });
    QUIPU_CHECK(cleared.get_future().wait_for(kPatience) == std::future_status::ready);
    loop_.stop();
    thread_.join();
}

std::string WebhookReceiver::url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void WebhookReceiver::answer_with(std::vector<int> statuses) {
    const std::lock_guard lock(mutex_);
    statuses_.assign(statuses.begin(), statuses.end());
}

void WebhookReceiver::retry_after(int seconds) {
    const std::lock_guard lock(mutex_);
    retry_after_ = seconds;
}

void WebhookReceiver::redirect_to(std::string location) {
    const std::lock_guard lock(mutex_);
    location_ = std::move(location);
}

void WebhookReceiver::hold(bool hold) {
    {
        const std::lock_guard lock(mutex_);
        hold_ = hold;
    }
    if (hold) return;
    loop_.post([this] {
        for (http::Responder& each : held_) each(http::HttpResponse{});
        held_.clear();
    });
}

void WebhookReceiver::handle(const http::HttpRequest& request, http::Responder respond) {
    http::HttpResponse response;
    {
        const std::lock_guard lock(mutex_);
        received_.push_back({std::string(request.path), std::string(request.header("webhook-id")),
                             std::string(request.header("webhook-timestamp")),
                             std::string(request.header("webhook-signature")),
                             std::string(request.content_type), std::string(request.body),
                             std::chrono::steady_clock::now()});
        if (!statuses_.empty()) {
            response.status = statuses_.front();
            statuses_.pop_front();
        }
        if (response.status >= 300) response.retry_after_seconds = retry_after_;
        response.location = location_;
        if (hold_) {
            held_.push_back(std::move(respond));
            most_held_ = std::max(most_held_, held_.size());
        }
        changed_.notify_all();
        if (hold_) return;
    }
    respond(std::move(response));
}

std::vector<ReceivedWebhook> WebhookReceiver::await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return received_.size() >= count; });
    return received_;
}

std::size_t WebhookReceiver::count() {
    const std::lock_guard lock(mutex_);
    return received_.size();
}

std::size_t WebhookReceiver::most_held() {
    const std::lock_guard lock(mutex_);
    return most_held_;
}

std::uint16_t closed_port() {
    http::EngineLoop loop;
    http::HttpServer server(loop, {}, [](const http::HttpRequest&, http::Responder) {});
    QUIPU_CHECK(server.listen("127.0.0.1", 0).has_value());
    return server.port();
}

}  // namespace quipu::webhooks::testing
