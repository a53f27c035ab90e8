// What the parts of the webhook sender are tested with, one at a time: endpoints, a delivery, and a
// transport that goes nowhere.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ledger/identity.h"
#include "webhooks/delivery.h"
#include "webhooks/transport.h"

namespace quipu::webhooks {

inline constexpr const char* kTestSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// Answers when the test says so, by calling `done`.
class FakeTransport final : public WebhookTransport {
public:
    struct Posted {
        WebhookRequest request;
        Done done;
    };

    void post(WebhookRequest request, Done done) override {
        posted.push_back({std::move(request), std::move(done)});
    }
    void answer(std::size_t which, int status) {
        const Done done = posted.at(which).done;  // another may be posted meanwhile
        done(WebhookResponse{status, ""});
    }

    std::vector<Posted> posted;
};

// An enabled endpoint of organisation `org` at https://<id>.example.com/.
inline ledger::WebhookEndpoint& add_endpoint(ledger::ControlState& control, const std::string& id,
                                             const std::string& organisation = "org") {
    ledger::WebhookEndpoint endpoint;
    endpoint.id = id;
    endpoint.organisation = organisation;
    endpoint.url = "https://" + id + ".example.com/";
    endpoint.secret = kTestSecret;
    return control.webhook_endpoints[organisation + '\0' + id] = endpoint;
}

inline WebhookDelivery delivery_to(const std::string& endpoint, std::uint64_t sequence) {
    WebhookDelivery delivery;
    delivery.id = "whd_" + endpoint + std::to_string(sequence);
    delivery.sequence = sequence;
    delivery.endpoint = endpoint;
    delivery.organisation = "org";
    delivery.notification = "ntf_" + std::to_string(sequence);
    delivery.type = "customer.created";
    delivery.body = "{}";
    return delivery;
}

}  // namespace quipu::webhooks
