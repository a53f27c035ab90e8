// What the sandbox does with money: every rule of it, and every fact on disk before it is told.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "ledger/log/clock.h"
#include "payments/payment_provider.h"
#include "payments/sandbox/controls.h"
#include "payments/sandbox/records.h"
#include "payments/sandbox/rocksdb_store.h"
#include "payments/sandbox/webhooks.h"

namespace quipu::payments {

// What became of a button on the page. A session that had ended before stays as it was.
struct SandboxStep {
    enum class Kind {
        Done,      // the session is in the state that was asked for
        Declined,  // by the bank; the session stays open
        Refused,   // not understood; nothing happened
        Expired,   // too late
        NotFound,  // no such session
    };
    Kind kind = Kind::Done;
    SandboxSession session;
    std::string notice;  // a sentence for the customer, unless Done
};

// Engine thread; blocks for one sync per fact. Error codes as of the port; the pages' errors are
// `provider_unavailable`.
class SandboxBank {
public:
    // All of them outlive it.
    SandboxBank(RocksdbSandboxStore& store, SandboxWebhooks& webhooks, base::ApiIds& ids,
                ledger::Clock& clock);

    [[nodiscard]] base::Result<SandboxSession> open_session(const CheckoutRequest& request);
    [[nodiscard]] base::Result<ChargeResult> charge(const ChargeRequest& request);
    [[nodiscard]] base::Result<RefundResult> refund(const RefundRequest& request);

    // The buttons of the page; `card` is what the customer typed.
    [[nodiscard]] base::Result<std::optional<SandboxSession>> find_session(std::string_view id);
    [[nodiscard]] base::Result<SandboxStep> pay(std::string_view id, std::string_view card);
    [[nodiscard]] base::Result<SandboxStep> confirm(std::string_view id,
                                                    std::string_view confirmation);
    [[nodiscard]] base::Result<SandboxStep> decline(std::string_view id);
    [[nodiscard]] base::Result<SandboxStep> abandon(std::string_view id);
    [[nodiscard]] bool is_expired(const SandboxSession& session);

    void set_behaviour(std::string_view organisation, const SandboxBehaviour& wanted);
    [[nodiscard]] SandboxBehaviour behaviour(std::string_view organisation) const;

private:
    template <typename Act>
    base::Result<SandboxStep> step(std::string_view id, Act act);
    base::Result<SandboxStep> settle(SandboxSession session);
    base::Result<void> save(const SandboxSession& session);
    base::Result<std::optional<SandboxPayment>> payment_of(std::string_view organisation,
                                                           std::string_view intent);
    // Writes all of it, with the webhooks that the event gives.
    base::Result<void> commit(SandboxWrites writes, std::string_view organisation,
                              ProviderEvent event, std::string_view refund = {});

    RocksdbSandboxStore& store_;
    SandboxWebhooks& webhooks_;
    base::ApiIds& ids_;
    ledger::Clock& clock_;
    std::map<std::string, SandboxBehaviour, std::less<>> behaviours_;  // but the default one
};

}  // namespace quipu::payments
