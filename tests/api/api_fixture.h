// The whole API on a memory log and a manual clock, asked over a real socket.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "api/api.h"
#include "api/operators/admin_api.h"
#include "base/openssl_random_ids.h"
#include "engine/clocks.h"
#include "engine/past_accounts.h"
#include "http/asio_loop.h"
#include "http/http_server.h"
#include "http/prometheus_metrics.h"
#include "http/socket_client.h"
#include "ledger/log/memory_log.h"
#include "payments/payment_intents.h"
#include "payments/sandbox/provider.h"
#include "support/temporary_folder.h"

namespace quipu::api::testing {

using Json = nlohmann::json;

struct Answer {
    int status = 0;
    std::string head;
    Json body;
    std::string text;

    [[nodiscard]] const Json& operator[](const char* name) const { return body.at(name); }
    [[nodiscard]] std::string code() const { return body.value("code", ""); }
    [[nodiscard]] std::string message() const {
        return body.contains("details") ? body["details"].value("message", "")
                                        : body.value("message", "");
    }
};

inline constexpr const char* kRootKey = "sk_root_of_the_default_organisation";

// One engine with `partitions` account partitions. The clock starts at 2026-03-20T12:00:00Z.
class ApiServer {
public:
    enum class Clock { Manual, System };
    enum class Start { Now, Later };
    enum class Sandbox { None, Mounted };
    explicit ApiServer(Clock clock = Clock::Manual, std::uint32_t partitions = 3,
                       Start start = Start::Now, Sandbox sandbox = Sandbox::None);
    ~ApiServer();

    // With the root key unless another was chosen; `headers` are whole lines.
    [[nodiscard]] Answer post(std::string_view path, const Json& body,
                              const std::string& headers = {});
    [[nodiscard]] Answer post_text(std::string_view path, std::string_view body,
                                   const std::string& headers = {});
    [[nodiscard]] Answer get(std::string_view path, const std::string& headers = {});
    // Two requests, sent together on one connection.
    [[nodiscard]] std::pair<Answer, Answer> get_then_post(std::string_view get_path,
                                                          std::string_view post_path,
                                                          const Json& body);
    [[nodiscard]] Answer remove(std::string_view path);  // DELETE
    [[nodiscard]] Answer admin(std::string_view method, std::string_view path,
                               std::string_view body = {});
    // Any method, without a body.
    [[nodiscard]] Answer ask(std::string_view method, std::string_view path);
    void start();  // the engine, when it was left for later; waits until it has caught up
    void use_key(std::string key) { key_ = std::move(key); }  // "" sends none

    // Another organisation with a key of its own.
    void add_organisation(const std::string& organisation, const std::string& secret);
    void set_clock(const std::string& iso);  // through the API

    // On the engine thread; waits for it.
    void on_engine(const std::function<void()>& task);
    [[nodiscard]] engine::LedgerEngine& engine() { return *engine_; }
    [[nodiscard]] payments::SandboxProvider& sandbox() { return *sandbox_; }  // when mounted
    [[nodiscard]] ledger::MemoryLog& log() { return log_; }
    [[nodiscard]] http::EngineLoop& loop() { return loop_; }
    [[nodiscard]] Api& api() { return *api_; }
    // Providers may be added while no request is on its way; the outbox does not call them.
    [[nodiscard]] payments::PaymentIntents& intents() { return *intents_; }
    // On the engine thread: makes the API anew, with what was made outside of this.
    struct Mounted {
        webhooks::WebhookSender* sender = nullptr;
        payments::PaymentIntents* intents = nullptr;  // null: the server's own
    };
    void mount(const Mounted& mounted);
    [[nodiscard]] engine::ManualClock& clock() { return manual_clock_; }
    [[nodiscard]] std::string folder(const std::string& name) const { return folder_.path(name); }

private:
    [[nodiscard]] std::string request_text(std::string_view method, std::string_view path,
                                           std::string_view body, const std::string& headers) const;
    [[nodiscard]] static Answer read_answer(http::testing::Client& client);
    [[nodiscard]] Answer ask(http::testing::Client& client, std::string_view method,
                             std::string_view path, std::string_view body,
                             const std::string& headers);

    projections::TemporaryFolder folder_;
    engine::ManualClock manual_clock_;
    engine::SystemClock system_clock_;
    http::EngineLoop loop_;
    ledger::MemoryLog log_;
    std::unique_ptr<engine::LedgerEngine> engine_;
    base::RandomIds ids_;
    std::unique_ptr<http::Metrics> metrics_;
    http::HttpMetrics http_metrics_;
    std::unique_ptr<payments::SandboxProvider> sandbox_;  // null unless mounted
    std::unique_ptr<engine::PastAccounts> past_;
    std::unique_ptr<payments::PaymentIntents> intents_;  // of nobody but those whom a test adds
    std::unique_ptr<Api> api_;
    std::unique_ptr<AdminApi> admin_api_;
    std::unique_ptr<http::HttpServer> server_;
    std::unique_ptr<http::HttpServer> admin_server_;
    std::thread thread_;
    std::unique_ptr<http::testing::Client> client_;
    std::unique_ptr<http::testing::Client> admin_client_;
    std::string key_ = kRootKey;
};

// A catalog of one consumable feature in one plan; `feature` has the plan feature's other fields.
[[nodiscard]] Json catalog_of(const std::string& plan, const std::string& feature,
                              const Json& terms, std::int64_t price = 0);

}  // namespace quipu::api::testing
