// The HTTP API of the ledger: which route, who asks, and its answer.
#pragma once

#include <cstdint>
#include <vector>

#include "api/request/directory.h"
#include "api/request/keyring.h"
#include "api/route_table.h"
#include "base/ids.h"
#include "base/json_body.h"
#include "engine/ledger_engine.h"
#include "http/http_metrics.h"
#include "http/http_server.h"
#include "payments/sandbox/provider.h"

namespace quipu::api {

// Engine thread. `engine`, `ids`, `metrics` and `sandbox` (the latter two may be null) outlive it,
// and it outlives the requests that wait for the engine.
class Api {
public:
    Api(engine::LedgerEngine& engine, base::ApiIds& ids, http::HttpMetrics* metrics = nullptr,
        payments::SandboxProvider* sandbox = nullptr);
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    // The sender outlives this; without one, endpoints can be managed and nothing is sent.
    // May be null.
    void use_payments(payments::PaymentIntents* payments) { ledger_.use_payments(payments); }
    void use_webhooks(webhooks::WebhookSender* webhooks) { ledger_.use_webhooks(webhooks); }
    // Outlives this; without it, questions about the past are refused.
    void use_past(engine::PastAccounts* past) { ledger_.use_past(past); }

    [[nodiscard]] const RouteTable& table() const { return table_; }

    void handle(const http::HttpRequest& request, http::Responder respond);

private:
    void run(const http::HttpRequest& request, http::Responder respond, MatchedRoute matched,
             std::string organisation);

    ApiLedger ledger_;
    ApiKeyring keys_;
    RouteTable table_;
    base::JsonReader reader_;
    std::vector<std::uint32_t> tags_;  // by route; empty without metrics
};

}  // namespace quipu::api
