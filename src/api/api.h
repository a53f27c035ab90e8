// The HTTP API of the ledger: which route, who asks, and its answer.
#pragma once

#include <cstdint>
#include <vector>

#include "api/payments/payment_answers.h"
#include "api/request/commands.h"
#include "api/request/directory.h"
#include "api/request/forward.h"
#include "api/request/keyring.h"
#include "api/route_table.h"
#include "base/ids.h"
#include "base/json_body.h"
#include "engine/history_walks.h"
#include "engine/ledger_engine.h"
#include "http/http_metrics.h"
#include "http/http_server.h"
#include "ingest/json_cloudevents.h"

namespace quipu::api {

// What the API answers from; all of it outlives the API.
struct ApiParts {
    engine::LedgerEngine& engine;
    base::ApiIds& ids;
    engine::PastAccounts& past;
    payments::PaymentIntents& intents;
    payments::SandboxProvider* sandbox = nullptr;  // null: not chosen, so it has no routes
    webhooks::WebhookSender* webhooks = nullptr;   // null: endpoints are managed, nothing is sent
    http::HttpMetrics* metrics = nullptr;          // null: nothing is counted
};

// Engine thread. Outlives the requests that wait for the engine.
class Api {
public:
    explicit Api(const ApiParts& parts);
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    [[nodiscard]] const RouteTable& table() const { return table_; }

    void handle(const http::HttpRequest& request, http::Responder respond);

private:
    [[nodiscard]] std::vector<Route> routes(const ApiParts& parts);
    void run(const http::HttpRequest& request, http::Responder respond, MatchedRoute matched,
             std::string organisation);

    engine::LedgerEngine& engine_;
    Commands commands_;
    Directory directory_;
    PaymentAnswers payment_answers_;
    engine::HistoryWalks walks_;
    ingest::CloudEventDecoder event_decoder_;
    ApiKeyring keys_;
    RouteTable table_;  // its handlers use what stands above
    base::JsonReader reader_;
    std::vector<std::uint32_t> tags_;  // by route; empty without metrics
};

}  // namespace quipu::api
