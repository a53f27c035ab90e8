#include "webhooks/webhook_fixture.h"

#include <chrono>
#include <thread>

#include "base/check.h"

namespace quipu::webhooks::testing {
namespace {

constexpr std::chrono::seconds kPatience{20};
constexpr std::chrono::milliseconds kLookAgain{5};

}  // namespace

WebhookOptions quick_webhooks() {
    WebhookOptions options;
    options.allow_private = true;
    options.delays = std::vector<std::chrono::milliseconds>(4, std::chrono::milliseconds(20));
    options.jitter_percent = 0;
    return options;
}

WebhookServer::WebhookServer(WebhookOptions options) : options_(std::move(options)) {
    start_sender();
}

WebhookServer::~WebhookServer() {
    stop_sender();
}

void WebhookServer::start_sender() {
    api_.on_engine([this] {
        transport_ = std::make_unique<HttpWebhookTransport>(api_.loop(), options_);
        sender_ = std::make_unique<WebhookSender>(api_.loop(), api_.engine(), api_.log(),
                                                  api_.clock(), *store_, *transport_, options_);
        QUIPU_CHECK(sender_->start().has_value());
        api_.mount({.sender = sender_.get()});
    });
}

void WebhookServer::stop_sender() {
    api_.on_engine([this] {
        api_.mount({});
        sender_.reset();
        transport_.reset();
    });
}

std::string WebhookServer::make_endpoint(const std::string& url,
                                         const std::vector<std::string>& types) {
    const api::testing::Answer made =
        api_.post("/v1/webhook-endpoints", {{"url", url}, {"types", types}});
    QUIPU_CHECK(made.status == 200);
    return made["endpoint"]["id"];
}

void WebhookServer::make_customer(const std::string& id) {
    const api::testing::Answer made =
        api_.post("/v1/customers", {{"id", id}, {"email", id + "@example.com"}, {"name", id}});
    QUIPU_CHECK(made.status == 200);
}

api::testing::Json WebhookServer::await(const std::string& endpoint, const std::string& status,
                                        std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (true) {
        api::testing::Json deliveries =
            api_.get("/v1/webhook-endpoints/" + endpoint + "/deliveries?limit=100" +
                     (status.empty() ? "" : "&status=" + status))["deliveries"];
        if (deliveries.size() >= count || std::chrono::steady_clock::now() > deadline)
            return deliveries;
        std::this_thread::sleep_for(kLookAgain);
    }
}

api::testing::Json WebhookServer::await_enabled(const std::string& endpoint, bool enabled) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (true) {
        api::testing::Json found = api_.get("/v1/webhook-endpoints/" + endpoint)["endpoint"];
        if (found["enabled"] == enabled || std::chrono::steady_clock::now() > deadline)
            return found;
        std::this_thread::sleep_for(kLookAgain);
    }
}

}  // namespace quipu::webhooks::testing
