// The sandbox on real sockets: its pages on one server, and a receiver of its webhooks beside it.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/openssl_random_ids.h"
#include "engine/clocks.h"
#include "http/asio_loop.h"
#include "http/http_server.h"
#include "http/socket_client.h"
#include "payments/sandbox/provider.h"
#include "support/temporary_folder.h"

namespace quipu::payments::testing {

// A webhook as it came in.
struct Received {
    std::string path;
    std::string signature;
    std::string body;
    base::Result<ProviderEvent> event;  // as the provider read it, for the organisation of the path
};

class SandboxServer {
public:
    // The clock starts at 2026-03-20T12:00:00Z and stands still.
    explicit SandboxServer(SandboxRetries retries = {std::chrono::milliseconds(20),
                                                     std::chrono::milliseconds(40), 100});
    ~SandboxServer();

    // Destroys the provider with all it holds in memory, and opens its folder again.
    void restart();
    // Goes on with the files as they lie on the disk at this moment, as after a kill -9.
    void kill();
    void stop_provider();
    void start_provider();

    [[nodiscard]] base::Result<CheckoutSession> checkout(const CheckoutRequest& request);
    [[nodiscard]] base::Result<ChargeResult> charge(const ChargeRequest& request);
    [[nodiscard]] base::Result<RefundResult> refund(const RefundRequest& request);
    void behave(const SandboxBehaviour& behaviour, const std::string& organisation = "org_1");

    // A path of the pages; the body is a form.
    [[nodiscard]] http::testing::Reply get(std::string_view path);
    http::testing::Reply post(std::string_view path, std::string_view form);
    // Any text of a request.
    [[nodiscard]] http::testing::Reply ask(std::string_view text);
    [[nodiscard]] static std::string path_of(const CheckoutSession& session);
    // A method saved on a setup page with that card.
    [[nodiscard]] std::string save_card(const std::string& card, const std::string& customer);

    // All that came so far, at least `count`; CHECKs after 20 s.
    std::vector<Received> await_webhooks(std::size_t count);
    // The last one of that intent; CHECKs after 20 s.
    Received await_webhook_of(const std::string& intent);
    [[nodiscard]] std::size_t webhooks();
    // Whether it comes to so many that are not taken, those under way included, within 20 s.
    [[nodiscard]] bool await_undelivered(std::size_t count);
    void answer_webhooks_with(int status);

    void on_engine(const std::function<void()>& task);
    [[nodiscard]] SandboxProvider& provider() { return *provider_; }
    [[nodiscard]] engine::ManualClock& clock() { return clock_; }
    [[nodiscard]] std::string folder() const {
        return folder_.path("sandbox" + std::to_string(kills_));
    }

private:
    void receive(const http::HttpRequest& request, http::Responder respond);
    void open();
    template <typename Answer>
    base::Result<Answer> wait(
        const std::function<void(std::function<void(const base::Result<Answer>&)>)>& call);

    projections::TemporaryFolder folder_;
    SandboxRetries retries_;
    engine::ManualClock clock_;
    http::EngineLoop loop_;
    base::RandomIds ids_;
    std::unique_ptr<SandboxProvider> provider_;
    std::unique_ptr<http::HttpServer> server_;
    std::mutex mutex_;  // guards received_ and status_
    std::condition_variable changed_;
    std::vector<Received> received_;
    int status_ = 200;
    int intents_ = 0;
    int kills_ = 0;
    std::thread thread_;
};

// 29.00 USD for cus_1 of org_1, until an hour after the clock's start.
[[nodiscard]] CheckoutRequest checkout_of(const std::string& intent, std::int64_t amount = 2900);
[[nodiscard]] ChargeRequest charge_of(const std::string& intent, const std::string& method,
                                      std::uint32_t attempt = 1);

}  // namespace quipu::payments::testing
