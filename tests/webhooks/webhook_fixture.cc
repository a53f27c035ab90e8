#include "webhooks/webhook_fixture.h"

#include <chrono>

#include "base/check.h"
#include "support/eventually.h"

namespace quipu::webhooks::testing {
namespace {

using quipu::testing::eventually;

constexpr std::chrono::seconds kPatience{20};

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
    const std::string path = "/v1/webhook-endpoints/" + endpoint + "/deliveries?limit=100" +
                             (status.empty() ? "" : "&status=" + status);
    api::testing::Json deliveries;
    static_cast<void>(eventually(
        [&] {
            deliveries = api_.get(path)["deliveries"];
            return deliveries.size() >= count;
        },
        kPatience));
    return deliveries;
}

api::testing::Json WebhookServer::await_enabled(const std::string& endpoint, bool enabled) {
    api::testing::Json found;
    static_cast<void>(eventually(
        [&] {
            found = api_.get("/v1/webhook-endpoints/" + endpoint)["endpoint"];
            return found["enabled"] == enabled;
        },
        kPatience));
    return found;
}

bool WebhookServer::comes_to_rest() {
    return eventually(
        [this] {
            std::size_t pending = 0;
            api_.on_engine([&] { pending = sender_->pending(); });
            return pending == 0;
        },
        kPatience);
}

}  // namespace quipu::webhooks::testing
