#include "payments/sandbox/provider.h"

#include <utility>

#include "payments/sandbox/checkout.h"
#include "payments/sandbox/event.h"

namespace quipu::payments {
namespace {

base::Instant machine_time() {
    return {std::chrono::duration_cast<std::chrono::microseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
}

// Later, as a provider across a network would: callers must not depend on less.
template <typename Done, typename Answer>
void answer_later(http::EngineLoop& loop, Done done, Answer answer) {
    loop.post([done = std::move(done), answer = std::move(answer)] { done(answer); });
}

}  // namespace

base::Result<std::unique_ptr<SandboxProvider>> SandboxProvider::open(
    http::EngineLoop& loop, std::unique_ptr<RocksdbSandboxStore> store, base::ApiIds& ids,
    ledger::Clock& clock, SandboxRetries retries) {
    std::unique_ptr<SandboxProvider> provider(
        new SandboxProvider(loop, std::move(store), ids, clock, retries));
    if (const auto done = provider->webhooks_.restore(); !done) return tl::unexpected(done.error());
    return provider;
}

SandboxProvider::SandboxProvider(http::EngineLoop& loop, std::unique_ptr<RocksdbSandboxStore> store,
                                 base::ApiIds& ids, ledger::Clock& clock, SandboxRetries retries)
    : loop_(loop),
      store_(std::move(store)),
      webhooks_(loop, *store_, ids, retries),
      bank_(*store_, webhooks_, ids, clock) {}

void SandboxProvider::start(SandboxAddresses addresses) {
    addresses_ = std::move(addresses);
    webhooks_.start(addresses_.webhooks);
}

void SandboxProvider::create_checkout(const CheckoutRequest& request, CheckoutDone done) {
    const auto answer = [&]() -> base::Result<CheckoutSession> {
        if (addresses_.pages.empty())
            return base::fail("provider_unavailable", "The sandbox has not started yet.");
        const auto session = bank_.open_session(request);
        if (!session) return tl::unexpected(session.error());
        return CheckoutSession{addresses_.pages + std::string(kSandboxCheckoutPath) + session->id,
                               session->id};
    };
    answer_later(loop_, std::move(done), answer());
}

void SandboxProvider::charge(const ChargeRequest& request, ChargeDone done) {
    answer_later(loop_, std::move(done), bank_.charge(request));
}

void SandboxProvider::refund(const RefundRequest& request, RefundDone done) {
    answer_later(loop_, std::move(done), bank_.refund(request));
}

base::Result<ProviderEvent> SandboxProvider::parse_webhook(std::string_view organisation,
                                                           const http::HttpRequest& request) {
    // An organisation that never was sent anything has no secret, and gets none by being asked for.
    const auto secret = store_->get(SandboxTable::Secret, organisation);
    if (!secret) return base::fail("provider_unavailable", secret.error().message);
    const std::string_view header = request.header(kSandboxSignatureHeader);
    if (!*secret && !header.empty()) {
        return base::fail("signature_invalid",
                          "The sandbox has never signed anything for this organisation.");
    }
    const auto verified =
        verify_sandbox_signature(header, secret->value_or(""), request.body, machine_time());
    if (!verified) return tl::unexpected(verified.error());
    return read_sandbox_event(reader_, organisation, request.body);
}

void SandboxProvider::handle(const http::HttpRequest& request, http::Responder respond) {
    respond(answer_sandbox_page(bank_, request));
}

void SandboxProvider::set_behaviour(std::string_view organisation, const SandboxBehaviour& wanted) {
    bank_.set_behaviour(organisation, wanted);
}

SandboxBehaviour SandboxProvider::behaviour(std::string_view organisation) const {
    return bank_.behaviour(organisation);
}

void SandboxProvider::flush(std::string_view organisation) {
    webhooks_.flush(organisation);
}

base::Result<std::string> SandboxProvider::webhook_secret(std::string_view organisation) {
    return webhooks_.secret_of(organisation);
}

}  // namespace quipu::payments
