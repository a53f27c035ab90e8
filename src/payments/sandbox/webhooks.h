// Brings the sandbox's events to the ledger's webhook route, again and again until it takes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "http/asio_loop.h"
#include "http/http_client.h"
#include "payments/sandbox/controls.h"
#include "payments/sandbox/records.h"
#include "payments/sandbox/rocksdb_store.h"

namespace quipu::payments {

struct SandboxRetries {
    std::chrono::milliseconds first{500};  // doubled after every further failure
    std::chrono::milliseconds longest = std::chrono::minutes(5);
    std::uint32_t attempts = 20;  // then the event is given up: about an hour in all
};

// Engine thread. Any 2xx takes an event; it may still come again after a crash. Events are not kept
// in order.
class SandboxWebhooks {
public:
    static constexpr std::size_t kMaxUndelivered = 10'000;
    static constexpr std::size_t kMaxInFlight = 8;

    // `loop`, `store` and `ids` outlive it.
    SandboxWebhooks(http::EngineLoop& loop, RocksdbSandboxStore& store, base::ApiIds& ids,
                    SandboxRetries retries);
    ~SandboxWebhooks();
    SandboxWebhooks(const SandboxWebhooks&) = delete;
    SandboxWebhooks& operator=(const SandboxWebhooks&) = delete;

    // Reads what an earlier process left behind. Call once, before anything is planned.
    [[nodiscard]] base::Result<void> restore();
    // Sends from now on, to `<base_url>/webhooks/<organisation>/sandbox`.
    void start(std::string base_url);

    // The rows of one event, by the organisation's behaviour none to two of them, to be written
    // with the fact that it tells of. Code: `sandbox_unavailable` when too many wait.
    [[nodiscard]] base::Result<std::vector<SandboxWebhook>> plan(std::string_view organisation,
                                                                 const std::string& body,
                                                                 const SandboxBehaviour& behaviour);
    void written(const std::vector<SandboxWebhook>& planned);

    void flush(std::string_view organisation);

    // What webhooks of the organisation are signed with: made at the first call.
    [[nodiscard]] base::Result<std::string> secret_of(std::string_view organisation);

    [[nodiscard]] std::size_t undelivered() const { return waiting_.size() + in_flight_.size(); }

private:
    struct Waiting {
        base::Instant due;
        std::string organisation;
    };

    void wait_for(std::uint64_t sequence, base::Instant due, std::string organisation);
    void pump();
    void send(std::uint64_t sequence);
    void on_answer(SandboxWebhook webhook, const base::Result<http::HttpClientResponse>& answer);
    void retry(SandboxWebhook webhook, std::string_view why);
    void remove(std::uint64_t sequence);

    http::EngineLoop& loop_;
    RocksdbSandboxStore& store_;
    base::ApiIds& ids_;
    const SandboxRetries retries_;
    std::string base_url_;  // "" until started
    std::uint64_t next_sequence_ = 1;
    std::map<std::uint64_t, Waiting> waiting_;                  // by sequence
    std::set<std::pair<base::Instant, std::uint64_t>> by_due_;  // of waiting_
    std::set<std::uint64_t> in_flight_;
    http::EngineLoop::TimerId timer_ = 0;
    http::HttpClient client_;  // last: goes first, and with it every callback
};

}  // namespace quipu::payments
