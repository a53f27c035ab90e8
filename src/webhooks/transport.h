// The port through which one attempt leaves the process.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace quipu::webhooks {

struct WebhookRequest {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

struct WebhookResponse {
    int status = 0;           // a redirect is an answer
    std::string retry_after;  // the header as it came; "" = none
};

// Engine thread.
class WebhookTransport {
public:
    virtual ~WebhookTransport() = default;

    // An error's code says why there was no answer: `timed_out`, `connection_failed`,
    // `address_forbidden` …
    using Done = std::function<void(const base::Result<WebhookResponse>&)>;
    // `done` is called once, never from within this, and not after the transport is gone.
    virtual void post(WebhookRequest request, Done done) = 0;
};

}  // namespace quipu::webhooks
