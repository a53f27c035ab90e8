// Webhooks over HTTP: a connection of its own for each attempt, to public addresses only.
#pragma once

#include "http/http_client.h"
#include "webhooks/options.h"
#include "webhooks/transport.h"

namespace quipu::webhooks {

class HttpWebhookTransport final : public WebhookTransport {
public:
    // `loop` outlives it. Throws as HttpClient does.
    HttpWebhookTransport(http::EngineLoop& loop, const WebhookOptions& options);

    void post(WebhookRequest request, Done done) override;

private:
    http::HttpClient client_;
};

}  // namespace quipu::webhooks
