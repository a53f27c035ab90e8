// What operators ask: is it alive, is it ready, its metrics, its digests, a checkpoint. No key: it
// belongs on a listener of its own that only they reach.
#pragma once

#include "base/json_body.h"
#include "engine/ledger_engine.h"
#include "http/http_server.h"
#include "http/metrics.h"

namespace quipu::api {

// Engine thread. `engine` and `metrics` outlive it.
class AdminApi {
public:
    AdminApi(engine::LedgerEngine& engine, http::Metrics& metrics)
        : engine_(engine), metrics_(metrics) {}

    // GET /healthz, /readyz, /metrics, /admin/digest (a line of JSON per partition), and
    // POST /admin/checkpoint {"folder": a new folder}. The last two hold the engine up meanwhile.
    void handle(const http::HttpRequest& request, http::Responder respond);

private:
    [[nodiscard]] http::HttpResponse ready() const;
    [[nodiscard]] http::HttpResponse metrics();
    [[nodiscard]] http::HttpResponse digest();
    [[nodiscard]] http::HttpResponse checkpoint(const http::HttpRequest& request);

    engine::LedgerEngine& engine_;
    http::Metrics& metrics_;
    base::JsonReader reader_{64 * 1024};
};

}  // namespace quipu::api
