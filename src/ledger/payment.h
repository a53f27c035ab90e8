// Money on its way: what is to be paid, and what became of it. Values without I/O.
//
// An intent has its id before any provider is called, and one provider operation: a charge of a
// saved method, or a page. What it pays for happens when its payment is recorded, not before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/currency.h"
#include "base/error_code.h"
#include "base/fields.h"
#include "base/instant.h"
#include "ledger/payment_method.h"

namespace quipu::ledger {

enum class IntentPurpose : std::uint8_t {
    Invoice = 1,    // an invoice that was issued before
    Subscribe = 2,  // a plan begins when it is paid
    Switch = 3,     // a plan replaces another in mid-period when the difference is paid
    Purchase = 4,   // a credit pack
    Setup = 5,      // nothing is paid: a payment method is left
    Trial = 6,      // the same, and a trial begins
};
[[nodiscard]] std::string_view name_of(IntentPurpose purpose);

enum class IntentMode : std::uint8_t {
    Charge = 1,    // of a saved method, without the customer
    Checkout = 2,  // a hosted page
};

enum class IntentStatus : std::uint8_t {
    Pending = 1,
    Succeeded = 2,
    Failed = 3,
    Expired = 4,   // the page was not used in time
    Canceled = 5,  // what it would have paid for is gone
    Refunded = 6,  // in full
};
[[nodiscard]] std::string_view name_of(IntentStatus status);

struct PaymentIntent {
    std::uint32_t seq = 0;  // from 1 per customer
    std::string id;         // pi_…
    IntentPurpose purpose = IntentPurpose::Invoice;
    IntentMode mode = IntentMode::Checkout;
    IntentStatus status = IntentStatus::Pending;
    std::string provider;
    std::int64_t amount_minor = 0;
    base::Currency currency;
    std::string description;  // what the customer is shown
    std::string method;       // pm_… that is charged
    bool collecting = false;  // the ledger's own attempt at an open invoice
    std::string plan;         // of Subscribe, Switch, Trial
    std::uint64_t catalog_version = 0;
    std::string pack;  // of Purchase
    std::int64_t quantity = 0;
    std::uint32_t subscription = 0;  // Switch: what is replaced; afterwards what was paid for
    std::uint32_t invoice = 0;       // what is paid; for the rest, once it is paid
    std::uint32_t grant = 0;         // Purchase, once it is paid
    std::int64_t refunded_minor = 0;
    std::vector<std::string> refunds;  // the provider's references: each counts once
    std::string callback_url;
    base::Instant created_at;
    base::Instant expires_at;  // of the page

    friend bool operator==(const PaymentIntent&, const PaymentIntent&) = default;
};
QUIPU_FIELDS(PaymentIntent, seq, id, purpose, mode, status, provider, amount_minor, currency,
             description, method, collecting, plan, catalog_version, pack, quantity, subscription,
             invoice, grant, refunded_minor, refunds, callback_url, created_at, expires_at)

[[nodiscard]] inline bool is_open_page(const PaymentIntent& intent) {
    return intent.status == IntentStatus::Pending && intent.mode == IntentMode::Checkout;
}

// An open invoice that the ledger collects by itself.
struct Dunning {
    std::uint32_t invoice = 0;  // sequence
    base::Currency currency;
    std::int64_t amount_minor = 0;
    std::uint32_t subscription = 0;  // whose fee it holds; 0 = usage only
    bool blocks_overage = false;     // a failed charge does, until it is paid (threshold billing)
    std::uint32_t failures = 0;
    std::optional<base::Instant> next_attempt_at;  // none: a charge is under way, or none is left

    friend bool operator==(const Dunning&, const Dunning&) = default;
};
QUIPU_FIELDS(Dunning, invoice, currency, amount_minor, subscription, blocks_overage, failures,
             next_attempt_at)

// Refuses all overage until its invoice is paid or void (docs/contract/overage.md#block).
struct OverageBlock {
    base::ErrorCode reason{"threshold_charge_failed"};  // or no_payment_method_on_file
    std::uint32_t invoice = 0;
    base::Instant since;

    friend bool operator==(const OverageBlock&, const OverageBlock&) = default;
};
QUIPU_FIELDS(OverageBlock, reason, invoice, since)

// A call of the provider that the ledger decided; leaves through the outbox.
struct ProviderCall {
    enum class Kind : std::uint8_t { Charge = 1, Refund = 2 };
    Kind kind = Kind::Charge;
    std::string organisation;
    std::string customer;
    std::string provider;
    std::string intent;  // pi_…
    std::string refund;  // re_…
    std::string method;  // pm_…
    base::Currency currency;
    std::string description;
    std::int64_t amount_minor = 0;

    friend bool operator==(const ProviderCall&, const ProviderCall&) = default;
};
QUIPU_FIELDS(ProviderCall, kind, organisation, customer, provider, intent, refund, method, currency,
             description, amount_minor)

}  // namespace quipu::ledger
