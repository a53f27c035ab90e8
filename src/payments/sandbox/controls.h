// How the sandbox is told to misbehave, so that a test can see what the ledger makes of it.
#pragma once

#include <chrono>
#include <string_view>

namespace quipu::payments {

enum class SandboxCharges {
    Ok,
    Decline,      // every new charge of a saved method is declined
    Unavailable,  // charges answer `provider_unavailable` and nothing is done
};
enum class SandboxWebhookConduct {
    Once,
    Twice,  // the same event comes two times
    Late,   // after `delay`
    Never,
};

// Holds for what happens from then on, not for events that are already on their way. Checkout
// pages are decided by their cards, not by `charges`.
struct SandboxBehaviour {
    SandboxCharges charges = SandboxCharges::Ok;
    SandboxWebhookConduct webhooks = SandboxWebhookConduct::Once;
    std::chrono::milliseconds delay{0};  // of Late

    friend bool operator==(const SandboxBehaviour&, const SandboxBehaviour&) = default;
};

inline constexpr std::chrono::milliseconds kMaxSandboxDelay = std::chrono::hours(24);

// Engine thread. Kept in memory: a restart behaves well again.
class SandboxControls {
public:
    virtual ~SandboxControls() = default;
    virtual void set_behaviour(std::string_view organisation, const SandboxBehaviour& wanted) = 0;
    [[nodiscard]] virtual SandboxBehaviour behaviour(std::string_view organisation) const = 0;
    // Sends what waits for its time now: late events, and those that wait to be tried again.
    virtual void flush(std::string_view organisation) = 0;
};

}  // namespace quipu::payments
