#include "payments/sandbox/webhooks.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/check.h"
#include "payments/sandbox/event.h"

namespace quipu::payments {
namespace {

constexpr std::chrono::milliseconds kLongestSleep = std::chrono::minutes(10);

base::Instant machine_time() {
    return {std::chrono::duration_cast<std::chrono::microseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
}

base::Instant after(base::Instant at, std::chrono::milliseconds delay) {
    return {at.micros + delay.count() * base::kMicrosPerMilli};
}

std::string path_segment(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        plain ? out.push_back(c)
              : void(out += fmt::format("%{:02X}", static_cast<unsigned char>(c)));
    }
    return out;
}

http::HttpClientConfig client_config() {
    http::HttpClientConfig config;
    config.timeout = std::chrono::seconds(10);
    config.max_concurrent = SandboxWebhooks::kMaxInFlight;
    config.max_queued = SandboxWebhooks::kMaxInFlight;
    config.max_response_body_bytes = 4096;
    config.resolver_threads = 1;
    config.user_agent = "Quipu-Sandbox";
    return config;
}

}  // namespace

SandboxWebhooks::SandboxWebhooks(http::EngineLoop& loop, RocksdbSandboxStore& store,
                                 base::ApiIds& ids, SandboxRetries retries)
    : loop_(loop), store_(store), ids_(ids), retries_(retries), client_(loop, client_config()) {}

SandboxWebhooks::~SandboxWebhooks() {
    loop_.cancel(timer_);
}

base::Result<void> SandboxWebhooks::restore() {
    bool damaged = false;
    const auto scanned =
        store_.scan(SandboxTable::Webhook, [&](std::string_view key, std::string_view row) {
            auto webhook = decode_webhook(key, row);
            damaged = damaged || !webhook;
            if (!webhook) return;
            next_sequence_ = webhook->sequence + 1;  // keys come in order
            wait_for(webhook->sequence, webhook->due, std::move(webhook->organisation));
        });
    if (!scanned) return scanned;
    if (damaged) return base::fail("sandbox_unavailable", "A webhook's row cannot be read.");
    return {};
}

void SandboxWebhooks::start(std::string base_url) {
    base_url_ = std::move(base_url);
    pump();
}

base::Result<std::vector<SandboxWebhook>> SandboxWebhooks::plan(std::string_view organisation,
                                                                const std::string& body,
                                                                const SandboxBehaviour& behaviour) {
    std::vector<SandboxWebhook> planned;
    if (behaviour.webhooks == SandboxWebhookConduct::Never) return planned;
    const std::size_t copies = behaviour.webhooks == SandboxWebhookConduct::Twice ? 2 : 1;
    if (undelivered() + copies > kMaxUndelivered)
        return base::fail("sandbox_unavailable", "Too many webhooks wait to be delivered.");
    const bool late = behaviour.webhooks == SandboxWebhookConduct::Late;
    const base::Instant due =
        after(machine_time(), late ? behaviour.delay : std::chrono::milliseconds{0});
    for (std::size_t i = 0; i < copies; ++i) {
        planned.push_back({.sequence = next_sequence_++,
                           .organisation = std::string(organisation),
                           .body = body,
                           .due = due,
                           .attempts = 0});
    }
    return planned;
}

void SandboxWebhooks::written(const std::vector<SandboxWebhook>& planned) {
    for (const SandboxWebhook& webhook : planned)
        wait_for(webhook.sequence, webhook.due, webhook.organisation);
    pump();
}

void SandboxWebhooks::flush(std::string_view organisation) {
    const base::Instant now = machine_time();
    for (auto& [sequence, waiting] : waiting_) {
        if (waiting.organisation != organisation || waiting.due <= now) continue;
        by_due_.erase({waiting.due, sequence});
        waiting.due = now;
        by_due_.insert({now, sequence});
    }
    pump();
}

base::Result<std::string> SandboxWebhooks::secret_of(std::string_view organisation) {
    auto secret = store_.get(SandboxTable::Secret, organisation);
    if (!secret) return tl::unexpected(secret.error());
    if (*secret) return std::move(**secret);
    SandboxWrites writes;
    std::string fresh = ids_.secret("whsec_");
    writes.put(SandboxTable::Secret, std::string(organisation), fresh);
    if (const auto done = store_.write(writes); !done) return tl::unexpected(done.error());
    return fresh;
}

void SandboxWebhooks::wait_for(std::uint64_t sequence, base::Instant due,
                               std::string organisation) {
    by_due_.insert({due, sequence});
    waiting_[sequence] = {due, std::move(organisation)};
}

void SandboxWebhooks::pump() {
    loop_.cancel(std::exchange(timer_, 0));
    if (base_url_.empty()) return;
    const base::Instant now = machine_time();
    while (!by_due_.empty() && by_due_.begin()->first <= now && in_flight_.size() < kMaxInFlight) {
        const std::uint64_t sequence = by_due_.begin()->second;
        by_due_.erase(by_due_.begin());
        waiting_.erase(sequence);
        in_flight_.insert(sequence);
        send(sequence);
    }
    if (by_due_.empty() || in_flight_.size() >= kMaxInFlight) return;  // an answer pumps again
    const std::chrono::milliseconds left{
        (by_due_.begin()->first.micros - now.micros) / base::kMicrosPerMilli + 1};
    // The machine's time may be set: look again from time to time.
    timer_ = loop_.run_after(std::min(left, kLongestSleep), [this] {
        timer_ = 0;
        pump();
    });
}

void SandboxWebhooks::send(std::uint64_t sequence) {
    const std::string key = sandbox_webhook_key(sequence);
    const auto row = store_.get(SandboxTable::Webhook, key);
    auto webhook = row && *row ? decode_webhook(key, **row) : std::nullopt;
    const auto secret = webhook ? secret_of(webhook->organisation)
                                : base::Result<std::string>(base::fail("sandbox_unavailable", ""));
    if (!secret) {  // what cannot be read stays where it is, for the next start
        spdlog::error("sandbox: webhook {} cannot be read", sequence);
        in_flight_.erase(sequence);
        return;
    }
    http::HttpClientRequest request;
    request.url =
        fmt::format("{}/webhooks/{}/sandbox", base_url_, path_segment(webhook->organisation));
    request.headers = {{"content-type", "application/json"},
                       {std::string(kSandboxSignatureHeader),
                        sandbox_signature(*secret, webhook->body, machine_time())}};
    request.body = webhook->body;
    client_.send(std::move(request), [this, webhook = std::move(*webhook)](
                                         const base::Result<http::HttpClientResponse>& answer) {
        on_answer(webhook, answer);
    });
}

void SandboxWebhooks::on_answer(SandboxWebhook webhook,
                                const base::Result<http::HttpClientResponse>& answer) {
    QUIPU_CHECK(in_flight_.erase(webhook.sequence) == 1);
    if (answer && answer->status >= 200 && answer->status < 300) {
        remove(webhook.sequence);
    } else {
        retry(std::move(webhook),
              answer ? fmt::format("status {}", answer->status) : answer.error().message);
    }
    pump();
}

void SandboxWebhooks::retry(SandboxWebhook webhook, std::string_view why) {
    if (++webhook.attempts >= retries_.attempts) {
        spdlog::warn("sandbox: a webhook of {} is given up after {} attempts: {}",
                     webhook.organisation, webhook.attempts, why);
        return remove(webhook.sequence);
    }
    const std::uint32_t doublings = std::min<std::uint32_t>(webhook.attempts - 1, 20);
    const auto pause = std::min(retries_.first * (1 << doublings), retries_.longest);
    webhook.due = after(machine_time(), pause);
    SandboxWrites writes;
    writes.put(SandboxTable::Webhook, sandbox_webhook_key(webhook.sequence), encode(webhook));
    // Unwritten, it is only tried sooner after a restart.
    if (const auto done = store_.write_unsynced(writes); !done)
        spdlog::error("sandbox: {}", done.error().message);
    wait_for(webhook.sequence, webhook.due, webhook.organisation);
}

void SandboxWebhooks::remove(std::uint64_t sequence) {
    SandboxWrites writes;
    writes.remove(SandboxTable::Webhook, sandbox_webhook_key(sequence));
    // Unwritten, it comes again after a restart, which the receiver has to bear anyway.
    if (const auto done = store_.write_unsynced(writes); !done)
        spdlog::error("sandbox: {}", done.error().message);
}

}  // namespace quipu::payments
