// One running node: log, engine, the two listeners, and their life from start to stop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/listen_address.h"
#include "server/log_source.h"
#include "webhooks/options.h"

namespace quipu::server {

struct ServingOptions {
    LogSource source;
    ListenAddress listen;
    ListenAddress admin_listen;
    std::optional<std::uint32_t> partitions;  // none: the ledger's own, or 4 for a new one
    bool manual_clock = false;                // embedded log only
    std::string root_key;                     // "" = none
    std::string payment_provider;             // manual or sandbox; "" = as the ledger has it
    bool sandbox = false;  // there for organisations that choose it; with payment_provider, always
    std::string public_url;  // where browsers reach the API; "" = as it listens
    webhooks::WebhookOptions webhooks;
    std::vector<std::string> cors_origins;  // web pages that may call the API
};

// Runs until SIGINT or SIGTERM, or until a partition has to halt. Logs to spdlog's default logger.
// Error codes: those of the log, the store and the listeners; `ledger_in_use`.
[[nodiscard]] base::Result<void> serve(const ServingOptions& options);

}  // namespace quipu::server
