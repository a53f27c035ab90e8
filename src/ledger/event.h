// What happened: the events that decide makes and apply folds into an account. They are derived
// from the log, never stored on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/currency.h"
#include "base/fields.h"
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
QUIPU_FIELDS(AccountOpened, organisation, id, external_id, email, at)

// Its names are other ones than it was opened with.
struct AccountRenamed {
    std::string external_id;
    std::string email;
};
QUIPU_FIELDS(AccountRenamed, external_id, email)

struct SubscriptionStarted {
    Subscription subscription;
};
QUIPU_FIELDS(SubscriptionStarted, subscription)

struct SubscriptionEnded {
    std::uint32_t seq = 0;
    SubscriptionStatus status = SubscriptionStatus::Canceled;
    base::Instant at;
    Ending ending = Ending::Alone;
};
QUIPU_FIELDS(SubscriptionEnded, seq, status, at, ending)

struct CancellationScheduled {
    std::uint32_t seq = 0;
    base::Instant at;
};
QUIPU_FIELDS(CancellationScheduled, seq, at)

struct SwitchScheduled {
    std::uint32_t seq = 0;
    std::string plan;
    std::uint64_t catalog_version = 0;  // whose price and terms were agreed on
};
QUIPU_FIELDS(SwitchScheduled, seq, plan, catalog_version)

// A pending cancellation or downgrade is undone.
struct ScheduleCleared {
    std::uint32_t seq = 0;
};
QUIPU_FIELDS(ScheduleCleared, seq)

struct PeriodAdvanced {
    std::uint32_t seq = 0;
    SubscriptionStatus status = SubscriptionStatus::Active;
    base::Instant anchor;
    base::Period period;
};
QUIPU_FIELDS(PeriodAdvanced, seq, status, anchor, period)

struct TrialUsed {
    std::string plan;
};
QUIPU_FIELDS(TrialUsed, plan)

struct UsageRecorded {
    std::vector<Posting> postings;
};
QUIPU_FIELDS(UsageRecorded, postings)

// Seats held over the limit, which the period that begins (or the seat that was added) makes
// billable.
struct SeatsCounted {
    MeterKey meter;
    base::Period window;
    base::Quantity included;
    base::Quantity overage;
    std::int64_t charge_minor = 0;
    base::Currency currency;
};
QUIPU_FIELDS(SeatsCounted, meter, window, included, overage, charge_minor, currency)

struct CreditsGranted {
    CreditGrant grant;
};
QUIPU_FIELDS(CreditsGranted, grant)

struct CreditsExpired {
    std::uint32_t grant = 0;
};
QUIPU_FIELDS(CreditsExpired, grant)

struct EntityAdded {
    EntityKey key;
    Entity entity;
};
QUIPU_FIELDS(EntityAdded, key, entity)

struct EntityRestored {
    EntityKey key;
    std::optional<std::string> name;
    std::optional<std::string> email;
    std::string metadata_json;
};
QUIPU_FIELDS(EntityRestored, key, name, email, metadata_json)

struct EntityRemovalScheduled {
    EntityKey key;
    base::Instant remove_at;
};
QUIPU_FIELDS(EntityRemovalScheduled, key, remove_at)

struct EntityRemoved {
    EntityKey key;
};
QUIPU_FIELDS(EntityRemoved, key)

struct FeatureConfigSet {
    FeatureConfig config;
};
QUIPU_FIELDS(FeatureConfigSet, config)

struct OverageLimitSet {
    std::optional<OverageLimit> limit;
};
QUIPU_FIELDS(OverageLimitSet, limit)

struct InvoiceIssued {
    Invoice invoice;
};
QUIPU_FIELDS(InvoiceIssued, invoice)

// Closed windows that are billed in full stop counting towards the overage limit; the oldest are
// forgotten.
struct WindowsSettled {
    std::uint32_t subscription = 0;
    base::Currency currency;
    base::Instant ended_by;
    base::Instant forget_before;
};
QUIPU_FIELDS(WindowsSettled, subscription, currency, ended_by, forget_before)

// A subscription that waited begins.
struct SubscriptionActivated {
    Subscription subscription;
};
QUIPU_FIELDS(SubscriptionActivated, subscription)

struct SubscriptionPastDue {
    std::uint32_t seq = 0;
    base::Instant at;
};
QUIPU_FIELDS(SubscriptionPastDue, seq, at)

// Its open fee was paid, or withdrawn.
struct SubscriptionRecovered {
    std::uint32_t seq = 0;
};
QUIPU_FIELDS(SubscriptionRecovered, seq)

// The fee of the current period is on an invoice that is not paid yet.
struct FeeOutstanding {
    std::uint32_t seq = 0;
    std::uint32_t invoice = 0;
    base::Instant past_due_at;
};
QUIPU_FIELDS(FeeOutstanding, seq, invoice, past_due_at)

struct PaymentMethodSaved {
    PaymentMethod method;
};
QUIPU_FIELDS(PaymentMethodSaved, method)

struct PaymentMethodRemoved {
    std::string method;
};
QUIPU_FIELDS(PaymentMethodRemoved, method)

// A new intent, or the new state of one.
struct IntentSaved {
    PaymentIntent intent;
};
QUIPU_FIELDS(IntentSaved, intent)

// An invoice is collected, or the state of that.
struct DunningSaved {
    Dunning dunning;
};
QUIPU_FIELDS(DunningSaved, dunning)

struct DunningEnded {
    std::uint32_t invoice = 0;
};
QUIPU_FIELDS(DunningEnded, invoice)

struct ProviderCalled {
    ProviderCall call;
};
QUIPU_FIELDS(ProviderCalled, call)

struct PaymentFailed {
    std::string intent;  // pi_…
    std::string failure;
    std::string message;
    base::Instant at;
};
QUIPU_FIELDS(PaymentFailed, intent, failure, message, at)

// Paid or void; lines of a void one are unbilled again.
struct InvoiceSettled {
    Invoice invoice;
};
QUIPU_FIELDS(InvoiceSettled, invoice)

struct OverageBlocked {
    OverageBlock block;
};
QUIPU_FIELDS(OverageBlocked, block)

struct OverageUnblocked {};
QUIPU_FIELDS(OverageUnblocked)

struct ThresholdScheduled {
    std::optional<base::Instant> at;  // none: no longer
};
QUIPU_FIELDS(ThresholdScheduled, at)

struct OverrideGranted {
    Override granted;
};
QUIPU_FIELDS(OverrideGranted, granted)

struct OverrideRevoked {
    std::string feature;
};
QUIPU_FIELDS(OverrideRevoked, feature)

struct CreditsRevoked {
    std::uint32_t grant = 0;
    base::Quantity amount;
};
QUIPU_FIELDS(CreditsRevoked, grant, amount)

// What earlier windows left is carried into this one.
struct RolledOver {
    MeterKey meter;
    base::Period window;
    std::vector<RolloverLot> lots;
};
QUIPU_FIELDS(RolledOver, meter, window, lots)

// A window's usage passed a threshold; told of once.
struct ThresholdsPassed {
    MeterKey meter;
    base::Period window;
    std::uint8_t bits = 0;  // kNotified…
    std::string feature;
    base::Quantity usage;
    base::Quantity limit;
};
QUIPU_FIELDS(ThresholdsPassed, meter, window, bits, feature, usage, limit)

// The customer's overage limit was passed where it only notifies.
struct OverageLimitPassed {
    std::int64_t charges_minor = 0;
    std::int64_t limit_minor = 0;
    base::Currency currency;
};
QUIPU_FIELDS(OverageLimitPassed, charges_minor, limit_minor, currency)

// The provider will not give the money back: somebody has to.
struct RefundRefused {
    std::string intent;  // pi_…
    std::int64_t amount_minor = 0;
    std::string failure;
    std::string message;
};
QUIPU_FIELDS(RefundRefused, intent, amount_minor, failure, message)

struct ReservationMade {
    Reservation reservation;
};
QUIPU_FIELDS(ReservationMade, reservation)

// Settled, released or expired: nothing is held any more.
struct ReservationEnded {
    std::string id;
};
QUIPU_FIELDS(ReservationEnded, id)

using AnyEvent = std::variant<
    AccountOpened, AccountRenamed, SubscriptionStarted, SubscriptionEnded, CancellationScheduled,
    SwitchScheduled, ScheduleCleared, PeriodAdvanced, TrialUsed, UsageRecorded, SeatsCounted,
    CreditsGranted, CreditsExpired, EntityAdded, EntityRestored, EntityRemovalScheduled,
    EntityRemoved, FeatureConfigSet, OverageLimitSet, InvoiceIssued, WindowsSettled,
    SubscriptionActivated, SubscriptionPastDue, SubscriptionRecovered, FeeOutstanding,
    PaymentMethodSaved, PaymentMethodRemoved, IntentSaved, DunningSaved, DunningEnded,
    ProviderCalled, PaymentFailed, InvoiceSettled, OverageBlocked, OverageUnblocked,
    ThresholdScheduled, OverrideGranted, OverrideRevoked, CreditsRevoked, RolledOver,
    ThresholdsPassed, OverageLimitPassed, ReservationMade, ReservationEnded, RefundRefused>;

// One of them: to be visited and asked as the variant that it is. Moved and copied in event.cc.
class Event : public AnyEvent {
public:
    using AnyEvent::AnyEvent;
    using AnyEvent::operator=;
    Event(const Event&);
    Event(Event&&) noexcept;
    Event& operator=(const Event&);
    Event& operator=(Event&&) noexcept;
    ~Event();
};
using Events = std::vector<Event>;

}  // namespace quipu::ledger
