// The port to whoever moves the money. The ledger decides what is to be paid, gives it an id and
// puts both on the log before anything is called here; so every call may be repeated with the same
// id, and is answered as the first one was.
//
// Everything here is of the engine thread; `done` is called once, never from within the call.
// Errors of any call: `provider_unavailable` (nothing is known of the outcome: call again with the
// same id), `provider_refused` (a request that can never succeed; the message says why),
// `never_paid` (a refund of what was never paid). The same id for something else (another amount,
// currency, customer or method) is refused, and so is to charge an intent that is already paid, by
// a page or by another attempt.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/currency.h"
#include "base/instant.h"
#include "base/result.h"
#include "http/http_server.h"
#include "ledger/payment_method.h"

namespace quipu::payments {

// A page on which the customer pays an amount, or leaves a payment method (amount 0).
struct CheckoutRequest {
    std::string intent;  // pi_…: the ledger's id; one intent has one page
    std::string organisation;
    std::string customer;  // cus_…
    std::string email;     // "" = unknown
    std::string description;
    std::int64_t amount_minor = 0;  // 0: only a payment method is asked for
    base::Currency currency;
    std::string callback_url;  // where the browser goes afterwards; "" = stays
    base::Instant expires_at;
};

struct CheckoutSession {
    std::string url;
    std::string reference;  // the provider's name for it
};

struct ChargeRequest {
    std::string intent;         // pi_…
    std::uint32_t attempt = 1;  // another attempt is another charge: (intent, attempt) is the id
    std::string organisation;
    std::string customer;
    std::string method;  // pm_…
    std::string description;
    std::int64_t amount_minor = 0;
    base::Currency currency;
};

struct ChargeResult {
    bool succeeded = false;
    std::string reference;   // the provider's
    std::string failure;     // stable code: card_declined, method_not_found …; "" when it succeeded
    std::string message;     // a sentence, when it failed
    bool permanent = false;  // no later attempt can succeed with this method
};

struct RefundRequest {
    std::string refund;  // re_…: its id
    std::string intent;  // what was paid
    std::string organisation;
    std::int64_t amount_minor = 0;
    base::Currency currency;
};

struct RefundResult {
    bool succeeded = false;
    std::string reference;
    std::string message;
};

// What a provider tells by webhook, in the ledger's words.
enum class ProviderEventType : std::uint8_t {
    Unknown = 0,  // to be acknowledged and skipped
    PaymentSucceeded = 1,
    PaymentFailed = 2,
    MethodAdded = 3,      // a setup page was completed
    PaymentRefunded = 4,  // by `refund` or by hand at the provider; `amount_minor` of it
    CheckoutAbandoned = 5,
};

struct ProviderEvent {
    std::string id;  // evt_…: the same event may come more than once
    ProviderEventType type = ProviderEventType::Unknown;
    std::string intent;  // pi_…
    std::string customer;
    std::uint32_t attempt = 0;  // of a charge; 0: a checkout page
    std::int64_t amount_minor = 0;
    base::Currency currency;
    std::string reference;  // as in the session, the charge or the refund that it tells of
    std::optional<ledger::PaymentMethod> method;  // kept for later charges
    std::string failure;
    std::string message;
    bool permanent = false;
};

class PaymentProvider {
public:
    virtual ~PaymentProvider() = default;

    [[nodiscard]] virtual std::string_view name() const = 0;

    using CheckoutDone = std::function<void(const base::Result<CheckoutSession>&)>;
    virtual void create_checkout(const CheckoutRequest& request, CheckoutDone done) = 0;

    using ChargeDone = std::function<void(const base::Result<ChargeResult>&)>;
    virtual void charge(const ChargeRequest& request, ChargeDone done) = 0;

    using RefundDone = std::function<void(const base::Result<RefundResult>&)>;
    virtual void refund(const RefundRequest& request, RefundDone done) = 0;

    // Reads a webhook of this provider that came in for `organisation`. Error codes:
    // `signature_missing`, `signature_invalid`, `payload_malformed`, `provider_unavailable` (it
    // cannot be judged now: let the provider send it again).
    [[nodiscard]] virtual base::Result<ProviderEvent> parse_webhook(
        std::string_view organisation, const http::HttpRequest& request) = 0;
};

}  // namespace quipu::payments
