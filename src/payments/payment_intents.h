// Where the ledger's decisions about money meet the world: provider calls from the outbox, pages
// for those who ask for one, and what the providers say, as records back to the ledger.
//
// Engine thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "engine/ledger_engine.h"
#include "http/asio_loop.h"
#include "ingest/gateway.h"
#include "ledger/command.h"
#include "ledger/identity.h"
#include "ledger/payment.h"
#include "payments/payment_provider.h"

namespace quipu::payments {

class PaymentIntents final : public engine::ProviderCalls {
public:
    // All outlive this.
    PaymentIntents(http::EngineLoop& loop, engine::LedgerEngine& engine);
    ~PaymentIntents() override;
    PaymentIntents(const PaymentIntents&) = delete;
    PaymentIntents& operator=(const PaymentIntents&) = delete;

    // Before the engine starts. `provider` outlives this.
    void add(PaymentProvider& provider);
    // Null: no such provider here.
    [[nodiscard]] PaymentProvider* find(std::string_view name) const;
    // Providers that are not here, with the number of organisations that collect through each.
    [[nodiscard]] std::map<std::string, std::size_t> missing() const;

    // Calls the provider until it has answered, records the answer, then calls `settled`. What no
    // provider here can do waits, because a later start may have it.
    void call(const ledger::ProviderCall& call, std::function<void()> settled) override;

    // The page of a pending intent; the same page however often it is asked for. Error codes: those
    // of the port, `provider_not_configured`.
    void open_page(const ledger::Account& account, const ledger::Customer& customer,
                   const ledger::PaymentIntent& intent, PaymentProvider::CheckoutDone done);

    // `then` when the intent's charge has been recorded, or after a while in any case.
    void when_settled(const std::string& intent, std::function<void()> then);

    // Puts what a provider said on the log; `done` when it is folded.
    void record(const ledger::Customer& customer, std::string event_id, ledger::Command command,
                ingest::Done done);

private:
    struct Waiter {
        std::uint64_t number = 0;
        std::function<void()> then;
    };

    void charge(const ledger::ProviderCall& call, std::function<void()> settled, int attempt);
    // `asked` is the call that led here: a charge that is not wanted any more, or the refund
    // itself.
    void refund(const ledger::ProviderCall& call, const ledger::ProviderCall& asked,
                std::function<void()> settled, int attempt);
    // Null: forgotten.
    [[nodiscard]] const ledger::PaymentIntent* intent_of(const ledger::ProviderCall& call) const;
    void again(const ledger::ProviderCall& call, std::function<void()> settled, int attempt);
    void record_answer(const ledger::ProviderCall& call, std::string event_id,
                       ledger::Command command, std::function<void()> settled);
    void wake(const std::string& intent);

    http::EngineLoop& loop_;
    engine::LedgerEngine& engine_;
    std::map<std::string, PaymentProvider*, std::less<>> providers_;
    std::map<std::string, std::vector<Waiter>, std::less<>> waiting_;
    std::uint64_t next_waiter_ = 1;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quipu::payments
