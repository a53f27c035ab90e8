// quipu serve: its options, checked before anything is opened.
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "cli/command.h"
#include "cli/options.h"
#include "http/http_cors.h"
#include "ledger/log/partition_layout.h"
#include "server/node.h"

namespace quipu::cli {
namespace {

using base::Result;

struct ServeFlags {
    std::string data = "./quipu-data";
    std::string listen = "127.0.0.1:8080";
    std::string admin_listen = "127.0.0.1:8081";
    std::string log = "embedded";
    std::string brokers;
    std::string prefix = "quipu";
    std::uint32_t partitions = 0;  // 0: not given
    std::string clock = "system";
    std::string payment_provider;
    bool sandbox = false;
    std::string public_url;
    bool allow_private_webhooks = false;
    std::vector<std::string> webhook_retries;
    std::string cors_origins;
};

constexpr std::int64_t kLongestDelayMillis = 7LL * 86'400'000;

Result<std::vector<std::chrono::milliseconds>> parse_delays(const std::vector<std::string>& texts) {
    std::vector<std::chrono::milliseconds> delays;
    for (const std::string& text : texts) {
        const base::ParsedCoefficient seconds = base::parse_coefficient(text, 3);
        if (seconds.error || seconds.value < 0 || seconds.value > kLongestDelayMillis) {
            return base::fail(server::kUsage,
                              "--webhook-retries needs seconds, at most a week each.");
        }
        delays.emplace_back(static_cast<std::int64_t>(seconds.value));
    }
    return delays;
}

Result<server::ServingOptions> options_of(const ServeFlags& flags) {
    const bool kafka = flags.log == "kafka";
    if (kafka && flags.brokers.empty())
        return base::fail(server::kUsage, "--log kafka needs --kafka-brokers.");
    if (!kafka && !flags.brokers.empty())
        return base::fail(server::kUsage, "--kafka-brokers needs --log kafka.");
    if (kafka && flags.clock == "manual") {
        return base::fail(server::kUsage,
                          "--clock manual works with the embedded log only: the brokers' clock "
                          "stamps the records of Kafka.");
    }
    const auto listen = server::parse_listen("--listen", flags.listen);
    if (!listen) return tl::unexpected(listen.error());
    const auto admin = server::parse_listen("--admin-listen", flags.admin_listen);
    if (!admin) return tl::unexpected(admin.error());
    auto origins = http::parse_origins(flags.cors_origins);
    if (!origins) return base::fail(server::kUsage, "--cors-origins: " + origins.error().message);
    const char* root_key = std::getenv("QUIPU_ROOT_KEY");

    server::ServingOptions options;
    options.source = {flags.data, kafka ? flags.brokers : "", flags.prefix};
    options.listen = *listen;
    options.admin_listen = *admin;
    if (flags.partitions != 0) options.partitions = flags.partitions;
    options.manual_clock = flags.clock == "manual";
    options.root_key = root_key != nullptr ? root_key : "";
    options.payment_provider = flags.payment_provider;
    options.sandbox = flags.sandbox;
    options.public_url = flags.public_url;
    options.webhooks.allow_private = flags.allow_private_webhooks;
    if (!flags.webhook_retries.empty()) {
        auto delays = parse_delays(flags.webhook_retries);
        if (!delays) return tl::unexpected(delays.error());
        options.webhooks.delays = std::move(*delays);
    }
    options.cors_origins = std::move(*origins);
    return options;
}

Result<void> run_serve(const ServeFlags& flags) {
    const auto options = options_of(flags);
    if (!options) return tl::unexpected(options.error());
    spdlog::set_default_logger(spdlog::stderr_color_mt("quipu"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    return serve(*options);
}

}  // namespace

void add_serve(CLI::App& app, Commands& commands) {
    const auto flags = std::make_shared<ServeFlags>();
    CLI::App& serve = add_command(app, "serve", "Run one node: HTTP API, folds and log");
    add_option(serve, "--data", flags->data, "Folder of the ledger: log, state, server.json",
               {.type = "DIR", .shows_default = true});
    add_option(serve, "--listen", flags->listen, "Address of the API; port 0 takes a free one",
               {.type = "HOST:PORT", .shows_default = true});
    add_option(serve, "--admin-listen", flags->admin_listen,
               "Address of /healthz, /readyz, /metrics and /admin; keep it private",
               {.type = "HOST:PORT", .shows_default = true});
    add_option(serve, "--log", flags->log, "Where the log is: embedded or kafka",
               {.type = "KIND", .shows_default = true, .one_of = {"embedded", "kafka"}});
    add_option(serve, "--kafka-brokers", flags->brokers, "host:port, comma-separated",
               {.type = "LIST"});
    add_option(serve, "--topic-prefix", flags->prefix, "Kafka topics are PREFIX.events, …",
               {.type = "PREFIX", .shows_default = true});
    add_option(serve, "--partitions", flags->partitions,
               "Account partitions of a new ledger; fixed afterwards [4]",
               {.type = "N", .least = 1, .most = ledger::kMaxEventPartitions});
    add_option(serve, "--clock", flags->clock, "system, or manual: moved by request, for tests",
               {.type = "KIND", .shows_default = true, .one_of = {"system", "manual"}});
    add_option(serve, "--payment-provider", flags->payment_provider,
               "Who collects for organisations that choose none: manual, or sandbox with "
               "test cards [what the ledger has; manual for a new one]",
               {.type = "NAME", .one_of = {"manual", "sandbox"}});
    add_flag(serve, "--sandbox", flags->sandbox,
             "Have the provider sandbox here, for organisations that choose it; for tests. "
             "--payment-provider sandbox has it too");
    add_option(serve, "--public-url", flags->public_url,
               "Where customers' browsers reach the API, for checkout pages [as it listens]",
               {.type = "URL"});
    add_flag(serve, "--allow-private-webhooks", flags->allow_private_webhooks,
             "Send webhooks over http and into private networks too; for tests");
    add_option(serve, "--webhook-retries", flags->webhook_retries,
               "Seconds between the attempts of a webhook "
               "[5,300,1800,7200,18000,36000,50400,72000,86400]",
               {.type = "LIST"});
    add_option(serve, "--cors-origins", flags->cors_origins,
               "Web pages that may call the API: https://app.example.com, comma-separated",
               {.type = "LIST"});
    add_footer(
        serve,
        "QUIPU_ROOT_KEY is the secret key that organisation `default` gets on an empty ledger.\n"
        "SIGINT and SIGTERM stop it: requests in flight are answered, everything is written.\n\n"
        "Examples:\n"
        "  QUIPU_ROOT_KEY=sk_demo quipu serve\n"
        "  quipu serve --data /var/lib/quipu --listen 0.0.0.0:8080\n"
        "  quipu serve --log kafka --kafka-brokers localhost:9092 --partitions 8\n"
        "  quipu serve --config quipu.toml");
    commands.push_back({&serve, [flags] { return run_serve(*flags); }});
}

}  // namespace quipu::cli
