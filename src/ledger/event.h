// What happened: the events that decide makes and apply folds into an account. They are derived
// from the log, never stored on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ledger/account.h"
#include "ledger/invoice.h"

namespace quipu::ledger {

struct AccountOpened {
    std::string organisation;
    std::string id;
    std::string external_id;
    std::string email;
    base::Instant at;
};

struct SubscriptionStarted {
    Subscription subscription;
};

struct SubscriptionEnded {
    std::uint32_t seq = 0;
    SubscriptionStatus status = SubscriptionStatus::Canceled;
    base::Instant at;
};

struct CancellationScheduled {
    std::uint32_t seq = 0;
    base::Instant at;
};

struct SwitchScheduled {
    std::uint32_t seq = 0;
    std::string plan;
};

// A pending cancellation or downgrade is undone.
struct ScheduleCleared {
    std::uint32_t seq = 0;
};

struct PeriodAdvanced {
    std::uint32_t seq = 0;
    SubscriptionStatus status = SubscriptionStatus::Active;
    base::Instant anchor;
    base::Period period;
};

struct TrialUsed {
    std::string plan;
};

struct UsageRecorded {
    std::vector<Posting> postings;
};

// Seats held over the limit, which the period that begins (or the seat that was added) makes
// billable.
struct SeatsCounted {
    MeterKey meter;
    base::Period window;
    base::Quantity included;
    base::Quantity overage;
    std::int64_t charge_minor = 0;
    std::string currency;
};

struct CreditsGranted {
    CreditGrant grant;
};

struct CreditsExpired {
    std::uint32_t grant = 0;
};

struct EntityAdded {
    EntityKey key;
    Entity entity;
};

struct EntityRestored {
    EntityKey key;
    std::optional<std::string> name;
    std::optional<std::string> email;
    std::string metadata_json;
};

struct EntityRemovalScheduled {
    EntityKey key;
    base::Instant remove_at;
};

struct EntityRemoved {
    EntityKey key;
};

struct FeatureConfigSet {
    FeatureConfig config;
};

struct OverageLimitSet {
    std::optional<OverageLimit> limit;
};

struct InvoiceIssued {
    Invoice invoice;
};

// Closed windows that are billed in full stop counting towards the overage limit; the oldest are
// forgotten.
struct WindowsSettled {
    std::uint32_t subscription = 0;
    std::string currency;
    base::Instant ended_by;
    base::Instant forget_before;
};

// A subscription that waited begins.
struct SubscriptionActivated {
    Subscription subscription;
};

struct SubscriptionPastDue {
    std::uint32_t seq = 0;
    base::Instant at;
};

// Its open fee was paid, or withdrawn.
struct SubscriptionRecovered {
    std::uint32_t seq = 0;
};

// The fee of the current period is on an invoice that is not paid yet.
struct FeeOutstanding {
    std::uint32_t seq = 0;
    std::uint32_t invoice = 0;
    base::Instant past_due_at;
};

struct PaymentMethodSaved {
    PaymentMethod method;
};

struct PaymentMethodRemoved {
    std::string method;
};

// A new intent, or the new state of one.
struct IntentSaved {
    PaymentIntent intent;
};

// An invoice is collected, or the state of that.
struct CollectionSaved {
    Collection collection;
};

struct CollectionEnded {
    std::uint32_t invoice = 0;
};

struct ProviderCalled {
    ProviderCall call;
};

struct PaymentFailed {
    std::string intent;  // pi_…
    std::string failure;
    std::string message;
    base::Instant at;
};

// Paid or void; lines of a void one are unbilled again.
struct InvoiceSettled {
    Invoice invoice;
};

struct OverageBlocked {
    OverageBlock block;
};

struct OverageUnblocked {};

struct ThresholdScheduled {
    std::optional<base::Instant> at;  // none: no longer
};

struct OverrideGranted {
    Override granted;
};

struct OverrideRevoked {
    std::string feature;
};

struct CreditsRevoked {
    std::uint32_t grant = 0;
    base::Quantity amount;
};

// What earlier windows left is carried into this one.
struct RolledOver {
    MeterKey meter;
    base::Period window;
    std::vector<RolloverLot> lots;
};

// A window's usage passed a threshold; told of once.
struct ThresholdsPassed {
    MeterKey meter;
    base::Period window;
    std::uint8_t bits = 0;  // kNotified…
    std::string feature;
    base::Quantity usage;
    base::Quantity limit;
};

// The customer's overage limit was passed where it only notifies.
struct OverageLimitPassed {
    std::int64_t charges_minor = 0;
    std::int64_t limit_minor = 0;
    std::string currency;
};

// The provider will not give the money back: somebody has to.
struct RefundRefused {
    std::string intent;  // pi_…
    std::int64_t amount_minor = 0;
    std::string failure;
    std::string message;
};

struct ReservationMade {
    Reservation reservation;
};

// Settled, released or expired: nothing is held any more.
struct ReservationEnded {
    std::string id;
};

using Event =
    std::variant<AccountOpened, SubscriptionStarted, SubscriptionEnded, CancellationScheduled,
                 SwitchScheduled, ScheduleCleared, PeriodAdvanced, TrialUsed, UsageRecorded,
                 SeatsCounted, CreditsGranted, CreditsExpired, EntityAdded, EntityRestored,
                 EntityRemovalScheduled, EntityRemoved, FeatureConfigSet, OverageLimitSet,
                 InvoiceIssued, WindowsSettled, SubscriptionActivated, SubscriptionPastDue,
                 SubscriptionRecovered, FeeOutstanding, PaymentMethodSaved, PaymentMethodRemoved,
                 IntentSaved, CollectionSaved, CollectionEnded, ProviderCalled, PaymentFailed,
                 InvoiceSettled, OverageBlocked, OverageUnblocked, ThresholdScheduled,
                 OverrideGranted, OverrideRevoked, CreditsRevoked, RolledOver, ThresholdsPassed,
                 OverageLimitPassed, ReservationMade, ReservationEnded, RefundRefused>;
using Events = std::vector<Event>;

}  // namespace quipu::ledger
