// What the sandbox remembers, and how its rows are written.
//
// Rows begin with a version byte; keys of an organisation's things begin with the organisation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/currency.h"
#include "base/instant.h"
#include "ledger/payment_method.h"
#include "payments/payment_provider.h"

namespace quipu::payments {

// A card that was accepted; never its number.
struct SandboxMethod {
    std::string id;  // pm_…; "" = none
    std::string organisation;
    std::string customer;
    std::string brand;
    std::string last4;
    bool fails_later = false;  // every charge of it is declined
    base::Instant added_at;    // the ledger's time

    friend bool operator==(const SandboxMethod&, const SandboxMethod&) = default;
};

enum class SandboxState : std::uint8_t { Open = 1, NeedsConfirmation = 2, Paid = 3, Abandoned = 4 };

// One checkout page. Expiry is not a state of its own: it follows from the clock.
struct SandboxSession {
    std::string id;  // cs_…
    CheckoutRequest request;
    SandboxState state = SandboxState::Open;
    std::string confirmation;  // cn_…: proves that the confirmation page was seen; "" = none
    SandboxMethod method;      // waits for its confirmation, or has paid; its id only when paid

    [[nodiscard]] bool ended() const {
        return state == SandboxState::Paid || state == SandboxState::Abandoned;
    }
};

// The first answer to (intent, attempt), and the request it was given to.
struct SandboxCharge {
    ChargeRequest request;
    ChargeResult result;
};

// Money that an intent has brought.
struct SandboxPayment {
    std::string reference;
    std::string customer;
    std::int64_t amount_minor = 0;
    std::int64_t refunded_minor = 0;
    base::Currency currency;

    friend bool operator==(const SandboxPayment&, const SandboxPayment&) = default;
};

struct SandboxRefund {
    RefundRequest request;
    RefundResult result;
};

// An event on its way.
struct SandboxWebhook {
    std::uint64_t sequence = 0;  // its key
    std::string organisation;
    std::string body;
    base::Instant due;  // the machine's time
    std::uint32_t attempts = 0;
};

[[nodiscard]] std::string encode(const SandboxMethod& method);
[[nodiscard]] std::string encode(const SandboxSession& session);
[[nodiscard]] std::string encode(const SandboxCharge& charge);
[[nodiscard]] std::string encode(const SandboxPayment& payment);
[[nodiscard]] std::string encode(const SandboxRefund& refund);
[[nodiscard]] std::string encode(const SandboxWebhook& webhook);

// Nothing: the row is damaged, or of another version.
[[nodiscard]] std::optional<SandboxMethod> decode_method(std::string_view row);
[[nodiscard]] std::optional<SandboxSession> decode_session(std::string_view row);
[[nodiscard]] std::optional<SandboxCharge> decode_charge(std::string_view row);
[[nodiscard]] std::optional<SandboxPayment> decode_payment(std::string_view row);
[[nodiscard]] std::optional<SandboxRefund> decode_refund(std::string_view row);
[[nodiscard]] std::optional<SandboxWebhook> decode_webhook(std::string_view key,
                                                           std::string_view row);

[[nodiscard]] std::string sandbox_key(std::string_view organisation, std::string_view id);
[[nodiscard]] std::string sandbox_charge_key(std::string_view organisation, std::string_view intent,
                                             std::uint32_t attempt);
[[nodiscard]] std::string sandbox_webhook_key(std::uint64_t sequence);

// As the ledger knows it.
[[nodiscard]] ledger::PaymentMethod to_payment_method(const SandboxMethod& method);

}  // namespace quipu::payments
