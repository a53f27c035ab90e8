// What the fold answered to a command: kept with the event, so that a retry hears the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/decimal.h"
#include "base/error_code.h"
#include "base/fields.h"
#include "base/instant.h"
#include "ledger/catalog.h"
#include "ledger/window.h"

namespace quipu::ledger {

// What the fold may answer (docs/contract/requests-and-errors.md#codes). Numbers are on disk: never
// reuse one; 16, 24 and 35 were never written.
enum class Code : std::uint8_t {
    Ok = 1,
    Tracked = 2,
    TrackedOverage = 3,
    AddonCreditsUsed = 4,
    AccessGranted = 5,
    OverageAllowed = 6,
    LimitExceeded = 7,
    CustomerNotFound = 8,
    FeatureNotFound = 9,
    EntityNotFound = 10,
    NoActiveSubscription = 11,
    FeatureNotInPlan = 12,
    UnknownFeatureType = 13,
    PlanNotFound = 14,
    PackNotFound = 15,
    EntityExists = 17,
    NothingToInvoice = 18,
    IdempotencyConflict = 19,
    AmountOutOfRange = 20,
    OccurredAtOutOfRange = 21,
    SubscriptionNotFound = 22,
    CustomerConflict = 23,
    OrganisationNotFound = 25,
    KeyNotFound = 26,
    QuantityOutOfRange = 27,
    ProviderNotConfigured = 28,
    InvalidRequest = 29,
    LedgerNotOpen = 30,
    AlreadyExists = 31,
    InvoiceNotFound = 32,
    InvoiceNotOpen = 33,
    InvoiceBelowMinimum = 34,  // of the provider: nothing was issued, or it was withdrawn
    PaymentNotFound = 36,
    PaymentMismatch = 37,
    PaymentMethodNotFound = 38,
    SubscriptionNotPending = 39,
    OverrideNotFound = 40,
    WebhookEndpointNotFound = 41,
    ReservationNotFound = 42,
    TooManyReservations = 43,
    InvoiceCredited = 44,
    OveragePriceRequired = 45,
};
// Its text and HTTP status, outside of check and track, whose refusals are answers.
[[nodiscard]] base::ErrorCode error_code(Code code);
[[nodiscard]] std::string_view name_of(Code code);

struct Rejection {
    Code code = Code::InvalidRequest;
    std::string message;  // one sentence

    friend bool operator==(const Rejection&, const Rejection&) = default;
};
QUIPU_FIELDS(Rejection, code, message)

// Why overage was refused, with the numbers of the sentence.
enum class Refusal : std::uint8_t {
    None = 0,
    LimitReached = 1,      // overage is not allowed at all
    OverageUnitsCap = 2,   // maxOverageUnits of plan or customer
    OverageAmountCap = 3,  // the customer's overage limit
    Blocked = 4,           // an invoice of overage could not be collected
    NoPaymentMethod = 5,
};

struct CreditsView {
    std::string system;
    base::Quantity cost_per_unit;
    base::Quantity addon_balance;
    base::Quantity plan_used;
    std::optional<base::Quantity> plan_limit;  // none = unlimited
    std::optional<base::Instant> resets_at;

    friend bool operator==(const CreditsView&, const CreditsView&) = default;
};
QUIPU_FIELDS(CreditsView, system, cost_per_unit, addon_balance, plan_used, plan_limit, resets_at)

struct Refused {
    Refusal why = Refusal::None;
    base::Quantity used;  // of the cap, before this event
    base::Quantity cap;

    friend bool operator==(const Refused&, const Refused&) = default;
};
QUIPU_FIELDS(Refused, why, used, cap)

// The answer to check and track, as numbers; the words are made from them when it is shown.
struct UsageAnswer {
    Code code = Code::Tracked;
    std::string feature;
    bool metered =
        true;  // false: boolean features, and denials before any meter was found; no numbers then
    std::optional<base::Quantity> usage;
    std::optional<base::Quantity> limit;    // none = unlimited or not applicable
    std::optional<base::Quantity> balance;  // none = unlimited or not applicable
    std::optional<base::Instant> window_start;
    std::optional<base::Instant> resets_at;
    std::optional<Interval> reset;
    std::string plan;                   // slug; "" = none found
    std::uint64_t catalog_version = 0;  // in which its terms are to be looked up
    base::Quantity overage_units;
    base::Quantity addon_used;  // credits this event took from grants
    std::optional<CreditsView> credits;
    std::string terms_feature;  // plan feature that the pricing is shown of
    std::optional<base::Instant> trial_ends_at;
    Refused refused;
    std::string message;  // only where the code alone does not say it
    base::Quantity rollover_balance;
    std::optional<base::Instant> held_until;  // only of a reservation that was made

    friend bool operator==(const UsageAnswer&, const UsageAnswer&) = default;
};
// What is stored of one follows this order (projections/rows/row_entry.cc): the frequent first.
QUIPU_FIELDS(UsageAnswer, code, feature, metered, usage, limit, balance, window_start, resets_at,
             reset, plan, catalog_version, overage_units, addon_used, credits, terms_feature,
             trial_ends_at, refused, message, rollover_balance, held_until)

enum class AttachType : std::uint8_t {
    New = 1,
    Upgrade = 2,
    Downgrade = 3,
    Lateral = 4,
    Trial = 5
};
[[nodiscard]] std::string_view name_of(AttachType type);

struct AttachAnswer {
    AttachType type = AttachType::New;
    std::string subscription;  // sub_…
    std::string message;
    std::optional<base::Instant> scheduled_at;
    std::optional<base::Instant> trial_ends_at;
    std::string invoice;  // inv_… that this made, "" = none
    std::string intent;   // pi_… that has to be paid first, "" = nothing has

    friend bool operator==(const AttachAnswer&, const AttachAnswer&) = default;
};
QUIPU_FIELDS(AttachAnswer, type, subscription, message, scheduled_at, trial_ends_at, invoice,
             intent)

struct AddonAnswer {
    std::string pack;
    std::string pack_name;
    std::string system;
    std::int64_t quantity = 1;
    base::Quantity credits;
    base::Quantity balance;  // spendable add-on credits of the system afterwards
    std::string invoice;
    std::string intent;  // pi_… that has to be paid first, "" = nothing has

    friend bool operator==(const AddonAnswer&, const AddonAnswer&) = default;
};
QUIPU_FIELDS(AddonAnswer, pack, pack_name, system, quantity, credits, balance, invoice, intent)

struct EntityAnswer {
    std::string feature;
    std::string entity;
    std::uint32_t count = 0;
    std::optional<base::Quantity> limit;
    bool restored = false;
    std::optional<base::Instant> remove_at;

    friend bool operator==(const EntityAnswer&, const EntityAnswer&) = default;
};
QUIPU_FIELDS(EntityAnswer, feature, entity, count, limit, restored, remove_at)

// A seat too many; not a plain Rejection because the numbers are part of the answer.
struct EntityRefused {
    std::string feature;
    std::uint32_t count = 0;
    base::Quantity limit;

    friend bool operator==(const EntityRefused&, const EntityRefused&) = default;
};
QUIPU_FIELDS(EntityRefused, feature, count, limit)

struct InvoiceAnswer {
    std::vector<std::string> invoices;  // inv_…, one per currency

    friend bool operator==(const InvoiceAnswer&, const InvoiceAnswer&) = default;
};
QUIPU_FIELDS(InvoiceAnswer, invoices)

// Done, and there is nothing more to say than the state itself.
struct Done {
    std::string subject;  // id of what was changed

    friend bool operator==(const Done&, const Done&) = default;
};
QUIPU_FIELDS(Done, subject)

// What became of an intent, or which one was opened.
struct PaymentAnswer {
    std::string intent;        // pi_…; "" = nothing has to be paid
    std::string subscription;  // sub_…, "" = none
    std::string invoice;       // inv_…, "" = none
    std::string message;

    friend bool operator==(const PaymentAnswer&, const PaymentAnswer&) = default;
};
QUIPU_FIELDS(PaymentAnswer, intent, subscription, invoice, message)

struct CustomerAnswer {
    std::string customer;  // cus_…
    bool created = false;

    friend bool operator==(const CustomerAnswer&, const CustomerAnswer&) = default;
};
QUIPU_FIELDS(CustomerAnswer, customer, created)

struct SyncAnswer {
    SyncReport report;
    std::uint64_t version = 0;

    friend bool operator==(const SyncAnswer&, const SyncAnswer&) = default;
};
QUIPU_FIELDS(SyncAnswer, report, version)

using Outcome =
    std::variant<Done, UsageAnswer, AttachAnswer, AddonAnswer, EntityAnswer, EntityRefused,
                 InvoiceAnswer, CustomerAnswer, SyncAnswer, Rejection, PaymentAnswer>;

// What was asked for did not happen.
[[nodiscard]] bool is_refusal(Code code);
[[nodiscard]] bool is_refusal(const Outcome& outcome);

}  // namespace quipu::ledger
