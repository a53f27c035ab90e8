// The payment provider `sandbox`: a hosted checkout page, saved test cards and signed webhooks,
// all in this process; it can be told to misbehave.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/json_body.h"
#include "base/result.h"
#include "http/asio_loop.h"
#include "http/http_server.h"
#include "ledger/log/clock.h"
#include "payments/payment_provider.h"
#include "payments/sandbox/bank.h"
#include "payments/sandbox/controls.h"
#include "payments/sandbox/rocksdb_store.h"
#include "payments/sandbox/webhooks.h"

namespace quipu::payments {

// Where things are reached; without a slash at the end.
struct SandboxAddresses {
    std::string pages;     // by the customer's browser: <pages>/sandbox/checkout/<id>
    std::string webhooks;  // by this process: <webhooks>/webhooks/<organisation>/sandbox
};

// Engine thread. What it answers is on disk before; each call blocks for at most one sync.
class SandboxProvider final : public PaymentProvider, public SandboxControls {
public:
    // The store is opened before; `loop`, `ids` and `clock` outlive it. `clock` is the ledger's,
    // for the expiry of pages. Error code: `sandbox_unavailable`.
    [[nodiscard]] static base::Result<std::unique_ptr<SandboxProvider>> open(
        http::EngineLoop& loop, std::unique_ptr<RocksdbSandboxStore> store, base::ApiIds& ids,
        ledger::Clock& clock, SandboxRetries retries = {});

    // Once the server listens: makes pages and sends webhooks from now on. Before it,
    // create_checkout answers `provider_unavailable` and webhooks wait.
    void start(SandboxAddresses addresses);

    [[nodiscard]] std::string_view name() const override { return "sandbox"; }
    void create_checkout(const CheckoutRequest& request, CheckoutDone done) override;
    void charge(const ChargeRequest& request, ChargeDone done) override;
    void refund(const RefundRequest& request, RefundDone done) override;
    // Judges the signature's age by the machine's time.
    [[nodiscard]] base::Result<ProviderEvent> parse_webhook(
        std::string_view organisation, const http::HttpRequest& request) override;

    // Pages for browsers, without a key: GET and POST of /sandbox/checkout/<id>. Everything else
    // below /sandbox/ is 404. A button that ends the session answers 303 to the callback URL with
    // `reference` and `status` (success or abandoned) added, or the result page when there is none;
    // again for a form that is sent twice. A card that is declined answers 402, one that is
    // not known 400, an expired session 410.
    void handle(const http::HttpRequest& request, http::Responder respond);

    void set_behaviour(std::string_view organisation, const SandboxBehaviour& wanted) override;
    [[nodiscard]] SandboxBehaviour behaviour(std::string_view organisation) const override;
    void flush(std::string_view organisation) override;

    // What the organisation's webhooks are signed with: whsec_….
    [[nodiscard]] base::Result<std::string> webhook_secret(std::string_view organisation);
    [[nodiscard]] std::size_t undelivered_webhooks() const { return webhooks_.undelivered(); }

private:
    SandboxProvider(http::EngineLoop& loop, std::unique_ptr<RocksdbSandboxStore> store,
                    base::ApiIds& ids, ledger::Clock& clock, SandboxRetries retries);

    http::EngineLoop& loop_;
    std::unique_ptr<RocksdbSandboxStore> store_;
    SandboxWebhooks webhooks_;
    SandboxBank bank_;
    base::JsonReader reader_;
    SandboxAddresses addresses_;  // empty until started
};

}  // namespace quipu::payments
