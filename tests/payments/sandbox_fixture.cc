#include "payments/sandbox_fixture.h"

#include <fmt/format.h>

#include <filesystem>
#include <future>

#include "base/check.h"
#include "payments/sandbox/event.h"
#include "support/eventually.h"

namespace quipu::payments::testing {
namespace {

constexpr std::chrono::seconds kPatience{20};

}  // namespace

SandboxServer::SandboxServer(SandboxRetries retries)
    : retries_(retries), clock_(*base::parse_instant("2026-03-20T12:00:00Z")) {
    server_ = std::make_unique<http::HttpServer>(
        loop_, http::HttpServerConfig{},
        [this](const http::HttpRequest& request, http::Responder respond) {
            if (request.path.starts_with("/webhooks/")) return receive(request, std::move(respond));
            if (provider_ != nullptr) provider_->handle(request, std::move(respond));
        });
    QUIPU_CHECK(server_->listen("127.0.0.1", 0).has_value());
    open();
    server_->start();
    thread_ = std::thread([this] { loop_.run(); });
}

SandboxServer::~SandboxServer() {
    loop_.stop();
    thread_.join();
}

void SandboxServer::open() {
    auto store = RocksdbSandboxStore::open(folder());
    QUIPU_CHECK(store.has_value());
    auto provider = SandboxProvider::open(loop_, std::move(*store), ids_, clock_, retries_);
    QUIPU_CHECK(provider.has_value());
    provider_ = std::move(*provider);
    const std::string base = fmt::format("http://127.0.0.1:{}", server_->port());
    provider_->start({base, base});
}

void SandboxServer::restart() {
    stop_provider();
    start_provider();
}

void SandboxServer::kill() {
    on_engine([this] {
        const std::string killed = folder();
        ++kills_;
        std::filesystem::copy(killed, folder());
        provider_.reset();
        open();
    });
}

void SandboxServer::stop_provider() {
    on_engine([this] { provider_.reset(); });
}

void SandboxServer::start_provider() {
    on_engine([this] { open(); });
}

void SandboxServer::on_engine(const std::function<void()>& task) {
    std::promise<void> done;
    loop_.post([&] {
        task();
        done.set_value();
    });
    QUIPU_CHECK(done.get_future().wait_for(kPatience) == std::future_status::ready);
}

template <typename Answer>
base::Result<Answer> SandboxServer::wait(
    const std::function<void(std::function<void(const base::Result<Answer>&)>)>& call) {
    std::promise<base::Result<Answer>> promise;
    on_engine([&] {
        auto within = std::make_shared<bool>(true);
        call([&promise, within](const base::Result<Answer>& answer) {
            QUIPU_CHECK(!*within);  // an answer comes later, never from within the call
            promise.set_value(answer);
        });
        *within = false;
    });
    auto future = promise.get_future();
    QUIPU_CHECK(future.wait_for(kPatience) == std::future_status::ready);
    return future.get();
}

base::Result<CheckoutSession> SandboxServer::checkout(const CheckoutRequest& request) {
    return wait<CheckoutSession>(
        [&](auto done) { provider_->create_checkout(request, std::move(done)); });
}

base::Result<ChargeResult> SandboxServer::charge(const ChargeRequest& request) {
    return wait<ChargeResult>([&](auto done) { provider_->charge(request, std::move(done)); });
}

base::Result<RefundResult> SandboxServer::refund(const RefundRequest& request) {
    return wait<RefundResult>([&](auto done) { provider_->refund(request, std::move(done)); });
}

void SandboxServer::behave(const SandboxBehaviour& behaviour, const std::string& organisation) {
    on_engine([&] { provider_->set_behaviour(organisation, behaviour); });
}

http::testing::Reply SandboxServer::ask(std::string_view text) {
    const auto reply = http::testing::ask(server_->port(), text);
    QUIPU_CHECK(reply.has_value());
    return *reply;
}

http::testing::Reply SandboxServer::get(std::string_view path) {
    return ask(http::testing::get_text(path));
}

http::testing::Reply SandboxServer::post(std::string_view path, std::string_view form) {
    return ask(
        fmt::format("POST {} HTTP/1.1\r\nHost: a\r\nContent-Type: "
                    "application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{}",
                    path, form.size(), form));
}

std::string SandboxServer::path_of(const CheckoutSession& session) {
    return session.url.substr(session.url.find("/sandbox/"));
}

std::string SandboxServer::save_card(const std::string& card, const std::string& customer) {
    CheckoutRequest request = checkout_of(fmt::format("pi_setup_{}", ++intents_), 0);
    request.customer = customer;
    const auto session = checkout(request);
    QUIPU_CHECK(session.has_value());
    QUIPU_CHECK(post(path_of(*session), "action=pay&card=" + card).status == 200);
    return await_webhook_of(request.intent).event->method.value().id;
}

void SandboxServer::receive(const http::HttpRequest& request, http::Responder respond) {
    if (provider_ == nullptr) return;  // stopped while it was on the way
    const std::string_view rest = request.path.substr(std::string_view("/webhooks/").size());
    const std::string organisation(rest.substr(0, rest.find('/')));
    Received webhook{std::string(request.path),
                     std::string(request.header(kSandboxSignatureHeader)),
                     std::string(request.body), provider_->parse_webhook(organisation, request)};
    int status = 0;
    {
        const std::lock_guard lock(mutex_);
        received_.push_back(std::move(webhook));
        status = status_;
        changed_.notify_all();
    }
    if (status == 0) return;  // dropped: 500
    respond({.status = status, .body = "{}"});
}

std::vector<Received> SandboxServer::await_webhooks(std::size_t count) {
    std::unique_lock lock(mutex_);
    QUIPU_CHECK(changed_.wait_for(lock, kPatience, [&] { return received_.size() >= count; }));
    return received_;
}

Received SandboxServer::await_webhook_of(const std::string& intent) {
    std::unique_lock lock(mutex_);
    std::optional<Received> found;
    QUIPU_CHECK(changed_.wait_for(lock, kPatience, [&] {
        for (const Received& webhook : received_) {
            if (webhook.event && webhook.event->intent == intent) found = webhook;
        }
        return found.has_value();
    }));
    return *found;
}

std::size_t SandboxServer::webhooks() {
    const std::lock_guard lock(mutex_);
    return received_.size();
}

bool SandboxServer::await_undelivered(std::size_t count) {
    return quipu::testing::eventually(
        [&] {
            std::size_t left = 0;
            on_engine([&] { left = provider_->undelivered_webhooks(); });
            return left == count;
        },
        kPatience);
}

void SandboxServer::answer_webhooks_with(int status) {
    const std::lock_guard lock(mutex_);
    status_ = status;
}

CheckoutRequest checkout_of(const std::string& intent, std::int64_t amount) {
    return {.intent = intent,
            .organisation = "org_1",
            .customer = "cus_1",
            .email = "ada@example.com",
            .description = "Pro plan",
            .amount_minor = amount,
            .currency = "USD",
            .callback_url = "",
            .expires_at = *base::parse_instant("2026-03-20T13:00:00Z")};
}

ChargeRequest charge_of(const std::string& intent, const std::string& method,
                        std::uint32_t attempt) {
    return {.intent = intent,
            .attempt = attempt,
            .organisation = "org_1",
            .customer = "cus_1",
            .method = method,
            .description = "Invoice 1",
            .amount_minor = 1500,
            .currency = "USD"};
}

}  // namespace quipu::payments::testing
