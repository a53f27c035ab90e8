#include "server/node.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

#include "api/api.h"
#include "api/operators/admin_api.h"
#include "base/check.h"
#include "base/openssl_random_ids.h"
#include "engine/clocks.h"
#include "engine/ledger_engine.h"
#include "engine/past_accounts.h"
#include "http/asio_loop.h"
#include "http/http_metrics.h"
#include "http/http_server.h"
#include "http/prometheus_metrics.h"
#include "ledger/log/log_errors.h"
#include "payments/payment_intents.h"
#include "payments/sandbox/provider.h"
#include "payments/sandbox/rocksdb_store.h"
#include "server/data_folder.h"
#include "webhooks/http_webhook_transport.h"
#include "webhooks/rocksdb_webhook_store.h"
#include "webhooks/sender.h"

namespace quipu::server {
namespace {

using base::Error;
using base::Result;
using SteadyClock = std::chrono::steady_clock;

constexpr std::uint32_t kDefaultPartitions = 4;
constexpr std::chrono::milliseconds kStopDeadline{10'000};
constexpr int kStoppedTwice = 130;
constexpr std::string_view kSandbox = "sandbox";

template <typename T>
T random_value() {
    T value{};
    QUIPU_CHECK(::getentropy(&value, sizeof value) == 0);
    return value;
}

// The log with the clock that stamps it.
struct StampedLog {
    std::unique_ptr<ledger::Clock> clock;
    engine::ManualClock* manual_clock = nullptr;
    std::unique_ptr<ledger::Log> log;
};

Result<StampedLog> open_log(const ServingOptions& options) {
    const auto existing = look_at(options.source);
    if (!existing) return tl::unexpected(existing.error());
    const std::uint32_t partitions =
        options.partitions.value_or(existing->partitions.value_or(kDefaultPartitions));
    if (existing->partitions && *existing->partitions != partitions) {
        return base::fail(ledger::kPartitionsDiffer,
                          fmt::format("The ledger was made with {} partitions, not {}; the number "
                                      "cannot be changed.",
                                      *existing->partitions, partitions));
    }
    StampedLog stamped;
    auto system = std::make_unique<engine::SystemClock>(existing->last_recorded_at);
    if (options.manual_clock) {
        auto manual = std::make_unique<engine::ManualClock>(system->now());
        stamped.manual_clock = manual.get();
        stamped.clock = std::move(manual);
    } else {
        stamped.clock = std::move(system);
    }
    auto log = open_for_writing(options.source, partitions, *stamped.clock);
    if (!log) return tl::unexpected(log.error());
    stamped.log = std::move(*log);
    return stamped;
}

Result<std::unique_ptr<engine::LedgerEngine>> open_engine(const ServingOptions& options,
                                                          http::EngineLoop& loop,
                                                          StampedLog& stamped) {
    engine::EngineOptions engine;
    engine.state_folder = state_folder(options.source.data);
    engine.root_key = options.root_key;
    engine.payment_provider = options.payment_provider;
    engine.node = random_value<std::uint64_t>() | 1;
    engine.new_ledger_key = random_value<std::array<std::uint8_t, 16>>();
    engine.release = QUIPU_VERSION;
    return engine::LedgerEngine::open(loop, *stamped.log, *stamped.clock, stamped.manual_clock,
                                      std::move(engine));
}

// Null where nothing chooses it: then it has no folder, no pages and no routes.
Result<std::unique_ptr<payments::SandboxProvider>> open_sandbox(const ServingOptions& options,
                                                                http::EngineLoop& loop,
                                                                base::ApiIds& ids,
                                                                ledger::Clock& clock) {
    if (!options.sandbox && options.payment_provider != kSandbox) return nullptr;
    auto store = payments::RocksdbSandboxStore::open(options.source.data + "/sandbox");
    if (!store) return tl::unexpected(store.error());
    return payments::SandboxProvider::open(loop, std::move(*store), ids, clock);
}

// Everything of a node that needs an open ledger. Destroyed from the outside in: the listeners
// first.
class Node {
public:
    Node(http::EngineLoop& loop, engine::LedgerEngine& engine, const StampedLog& stamped,
         webhooks::WebhookStore& deliveries, payments::SandboxProvider* sandbox,
         const ServingOptions& options)
        : loop_(loop),
          engine_(engine),
          sandbox_(sandbox),
          intents_(loop, engine),
          webhook_transport_(loop, options.webhooks),
          webhooks_(loop, engine, *stamped.log, *stamped.clock, deliveries, webhook_transport_,
                    options.webhooks),
          past_(loop, *stamped.log),
          http_metrics_(*metrics_),
          api_({.engine = engine,
                .ids = ids_,
                .past = past_,
                .intents = intents_,
                .sandbox = sandbox,
                .webhooks = &webhooks_,
                .metrics = &http_metrics_}),
          admin_api_(engine, *metrics_),
          server_(
              loop, {.cors_origins = options.cors_origins},
              [this](const auto& request, http::Responder respond) {
                  api_.handle(request, std::move(respond));
              },
              &http_metrics_),
          admin_(loop, {}, [this](const auto& request, http::Responder respond) {
              admin_api_.handle(request, std::move(respond));
          }) {
        if (sandbox_ != nullptr) intents_.add(*sandbox_);
        engine_.set_provider_calls(intents_);
    }

    Result<void> listen(const ServingOptions& options) {
        if (auto bound = bind(server_, options.listen); !bound) return bound;
        if (auto bound = bind(admin_, options.admin_listen); !bound) return bound;
        server_.start();
        admin_.start();
        if (sandbox_ == nullptr) return {};
        const std::string own =
            "http://" + ListenAddress{options.listen.host, port()}.reachable().text();
        sandbox_->start({options.public_url.empty() ? own : options.public_url, own});
        return {};
    }

    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    [[nodiscard]] std::uint16_t admin_port() const { return admin_.port(); }

    // Returns when the node has stopped.
    Result<void> run() {
        started_ = SteadyClock::now();
        loop_.on_signal([this](int signal) { stop_on(signal); });
        engine_.start([this] { begin(); }, [this](const Error& error) { fail(error); });
        loop_.run();
        if (error_) return tl::unexpected(*error_);
        return engine_.stop();
    }

private:
    static Result<void> bind(http::HttpServer& server, const ListenAddress& address) {
        auto bound = server.listen(address.host, address.port);
        if (bound) return bound;
        return base::fail(bound.error().code, fmt::format("Cannot listen on {}: {}", address.text(),
                                                          bound.error().message));
    }

    void begin() {
        report_caught_up();
        report_missing_providers();
        if (auto started = webhooks_.start(); !started) fail(started.error());
    }

    void report_caught_up() const {
        std::uint64_t records = 0;
        for (const auto& progress : engine_.progress()) records += progress.folded;
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - started_);
        const auto millis = std::max<std::int64_t>(took.count(), 1);
        spdlog::info("caught up: {} records in {} ms ({} per second)", records, took.count(),
                     records * 1000 / static_cast<std::uint64_t>(millis));
    }

    void report_missing_providers() const {
        for (const auto& [provider, organisations] : intents_.missing()) {
            spdlog::warn(
                "{} organisation(s) collect through {}, which this server does not have: their "
                "payments wait",
                organisations, provider);
        }
    }

    void stop_on(int signal) {
        if (stopping_) {
            spdlog::warn("stopped a second time: ending at once");
            ::_exit(kStoppedTwice);
        }
        stopping_ = true;
        spdlog::info("stopping (signal {})", signal);
        webhooks_.stop();
        past_.stop();
        server_.stop(kStopDeadline,
                     [this] { admin_.stop(kStopDeadline, [this] { loop_.stop(); }); });
    }

    // The state stays as it was last written; the next start goes on from there.
    void fail(const Error& error) {
        if (!error_) error_ = error;
        loop_.stop();
    }

    http::EngineLoop& loop_;
    engine::LedgerEngine& engine_;
    payments::SandboxProvider* const sandbox_;  // null: not chosen
    payments::PaymentIntents intents_;
    webhooks::HttpWebhookTransport webhook_transport_;
    webhooks::WebhookSender webhooks_;
    engine::PastAccounts past_;
    const std::unique_ptr<http::Metrics> metrics_ = http::make_prometheus_metrics();
    http::HttpMetrics http_metrics_;
    base::RandomIds ids_;
    api::Api api_;
    api::AdminApi admin_api_;
    http::HttpServer server_;
    http::HttpServer admin_;
    SteadyClock::time_point started_;
    std::optional<Error> error_;
    bool stopping_ = false;
};

}  // namespace

Result<void> serve(const ServingOptions& options) {
    auto file = ServerFile::claim(options.source.data);
    if (!file) return tl::unexpected(file.error());
    auto stamped = open_log(options);
    if (!stamped) return tl::unexpected(stamped.error());
    http::EngineLoop loop;
    const auto engine = open_engine(options, loop, *stamped);
    if (!engine) return tl::unexpected(engine.error());
    const auto deliveries = webhooks::open_rocksdb_webhook_store(options.source.data + "/webhooks");
    if (!deliveries) return tl::unexpected(deliveries.error());
    base::RandomIds sandbox_ids;
    const auto sandbox = open_sandbox(options, loop, sandbox_ids, *stamped->clock);
    if (!sandbox) return tl::unexpected(sandbox.error());
    Node node(loop, **engine, *stamped, **deliveries, sandbox->get(), options);
    if (auto listening = node.listen(options); !listening) return listening;

    const ListenAddress listen{options.listen.host, node.port()};
    const ListenAddress admin{options.admin_listen.host, node.admin_port()};
    if (auto announced = file->announce({::getpid(), admin.reachable().text()}); !announced)
        return announced;
    spdlog::info("quipu {} starts on {} ({} log, {} partitions, {} clock)", QUIPU_VERSION,
                 options.source.data, options.source.brokers.empty() ? "embedded" : "kafka",
                 stamped->log->partitions(ledger::Topic::Events),
                 options.manual_clock ? "manual" : "system");
    spdlog::info("listening: api http://{} admin http://{}", listen.text(), admin.text());
    auto stopped = node.run();
    if (stopped) spdlog::info("stopped");
    return stopped;
}

}  // namespace quipu::server
