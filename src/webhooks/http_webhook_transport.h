// Webhooks over HTTP: a connection of its own for each attempt, to public addresses only.
#pragma once

#include "http/http_client.h"
#include "webhooks/options.h"
#include "webhooks/transport.h"

namespace quipu::server {

class HttpWebhookTransport final : public WebhookTransport {
public:
    // `loop` outlives it. Throws as HttpClient does.
    HttpWebhookTransport(EngineLoop& loop, const WebhookOptions& options);

    void post(WebhookRequest request, Done done) override;

private:
    HttpClient client_;
};

}  // namespace quipu::server
