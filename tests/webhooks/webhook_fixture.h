// A sender beside a whole API server: real receivers, real requests, quick retries.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/api_fixture.h"
#include "webhooks/http_webhook_transport.h"
#include "webhooks/memory_webhook_store.h"
#include "webhooks/sender.h"
#include "webhooks/webhook_receiver.h"

namespace quipu::webhooks::testing {

// Private addresses allowed, retries after 20 ms each, no jitter.
[[nodiscard]] WebhookOptions quick_webhooks();

class WebhookServer {
public:
    explicit WebhookServer(WebhookOptions options = quick_webhooks());
    ~WebhookServer();

    [[nodiscard]] api::testing::ApiServer& api() { return api_; }
    [[nodiscard]] WebhookSender& sender() { return *sender_; }

    // The sender ends and begins again; the store stays unless it is lost.
    void stop_sender();
    void start_sender();
    [[nodiscard]] WebhookStore& store() { return *store_; }  // while the sender is stopped
    void lose_store() { store_ = std::make_unique<MemoryWebhookStore>(); }
    void set_options(WebhookOptions options) { options_ = std::move(options); }

    // The id of a new endpoint.
    [[nodiscard]] std::string make_endpoint(const std::string& url,
                                            const std::vector<std::string>& types = {});
    void make_customer(const std::string& id);

    // Deliveries of an endpoint, newest first, once `count` of them have that status; what there is
    // after 20 s.
    [[nodiscard]] api::testing::Json await(const std::string& endpoint, const std::string& status,
                                           std::size_t count);
    // The endpoint once it is enabled or not; as it is after 20 s.
    [[nodiscard]] api::testing::Json await_enabled(const std::string& endpoint, bool enabled);
    // Whether it comes to nothing being sent or waiting to be, within 20 s.
    [[nodiscard]] bool comes_to_rest();

private:
    api::testing::ApiServer api_;
    WebhookOptions options_;
    std::unique_ptr<WebhookStore> store_ = std::make_unique<MemoryWebhookStore>();
    std::unique_ptr<HttpWebhookTransport> transport_;
    std::unique_ptr<WebhookSender> sender_;
};

}  // namespace quipu::webhooks::testing
