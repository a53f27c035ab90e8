#include "webhooks/http_webhook_transport.h"

#include "webhooks/target.h"

namespace quipu::webhooks {
namespace {

constexpr std::size_t kMostOfAnAnswer = 4096;  // nobody reads it

http::HttpClientConfig config_of(const WebhookOptions& options) {
    http::HttpClientConfig config;
    config.timeout = options.timeout;
    config.max_response_body_bytes = kMostOfAnAnswer;
    config.max_concurrent = options.max_in_flight;
    config.max_queued = options.max_in_flight;
    config.user_agent = "Quipu-Webhooks/1.0";
    if (!options.allow_private) config.may_connect = is_public_address;
    return config;
}

}  // namespace

HttpWebhookTransport::HttpWebhookTransport(http::EngineLoop& loop, const WebhookOptions& options)
    : client_(loop, config_of(options)) {}

void HttpWebhookTransport::post(WebhookRequest request, Done done) {
    http::HttpClientRequest outgoing;
    outgoing.url = std::move(request.url);
    outgoing.headers = std::move(request.headers);
    outgoing.body = std::move(request.body);
    client_.send(std::move(outgoing), [done = std::move(done)](
                                          base::Result<http::HttpClientResponse> response) {
        if (!response) return done(tl::unexpected(response.error()));
        done(WebhookResponse{response->status, std::string(response->header("retry-after"))});
    });
}

}  // namespace quipu::webhooks
