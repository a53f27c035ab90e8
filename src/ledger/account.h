// The state of one customer: what decide reads and apply changes. A value without I/O: a copy is as
// good as the account itself.
//
// Rows are small and separate (head, meter window, grant, entity), so that an event costs what it
// touches; which ones a fold has changed is in AccountChanges (ledger/fold/changes.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/currency.h"
#include "base/decimal.h"
#include "base/fields.h"
#include "base/instant.h"
#include "ledger/catalog.h"
#include "ledger/payment.h"
#include "ledger/reservation.h"

namespace quipu::ledger {

enum class SubscriptionStatus : std::uint8_t {
    Active = 1,
    Trialing = 2,
    Pending = 3,        // waits for its first payment; grants nothing
    PendingCancel = 4,  // grants until `cancel_at`
    PastDue = 5,
    Canceled = 6,
    Expired = 7,
    Refunded = 8,
};
[[nodiscard]] std::string_view name_of(SubscriptionStatus status);

// How a subscription came to its end.
enum class Ending : std::uint8_t {
    Alone = 1,
    Switch = 2,          // another plan has taken its place
    CreditedSwitch = 3,  // ... for a fee that the rest of its own was taken off
    NeverBegan = 4,      // it waited for its first payment, and granted nothing
};

struct Subscription {
    std::uint32_t seq = 0;              // from 1, in order of creation
    std::string id;                     // sub_…
    std::string plan;                   // slug
    std::uint64_t catalog_version = 0;  // prices and rates are those of this version
    SubscriptionStatus status = SubscriptionStatus::Active;
    bool is_addon = false;
    base::Instant created_at;
    base::Instant anchor;  // windows and periods are counted from here
    base::Period period;   // current billing period; open-ended for one-time plans
    std::optional<base::Instant> cancel_at;
    std::optional<std::string> scheduled_plan;  // takes over when the period ends (downgrade)
    std::uint64_t scheduled_version = 0;        // as it was in this version of the catalog
    std::optional<base::Instant> ended_at;
    Ending ending = Ending::Alone;             // once it has ended
    bool ended_in_trial = false;               // `period` is that trial's
    std::uint32_t fee_invoice = 0;             // open invoice of this period's fee; 0 = none
    std::optional<base::Instant> past_due_at;  // when access ends if that is still open

    friend bool operator==(const Subscription&, const Subscription&) = default;
};
QUIPU_FIELDS(Subscription, seq, id, plan, catalog_version, status, is_addon, created_at, anchor,
             period, cancel_at, scheduled_plan, scheduled_version, ended_at, ending, ended_in_trial,
             fee_invoice, past_due_at)

[[nodiscard]] inline bool is_live(const Subscription& subscription) {
    return subscription.status == SubscriptionStatus::Active ||
           subscription.status == SubscriptionStatus::Trialing ||
           subscription.status == SubscriptionStatus::PendingCancel;
}

// Whether it granted at a moment of the past, or grants now. Ended ones are known for good; whether
// one was past due for a while before it ended is not.
[[nodiscard]] inline bool granted_at(const Subscription& subscription, base::Instant at) {
    if (at < subscription.created_at) return false;
    if (is_live(subscription)) return true;
    return subscription.ended_at && at < *subscription.ended_at &&
           subscription.ending != Ending::NeverBegan;
}

// A period that ends by the clock: past due ones too, which do not renew.
[[nodiscard]] inline bool has_period(const Subscription& subscription) {
    return is_live(subscription) || subscription.status == SubscriptionStatus::PastDue;
}

// What an earlier window left over.
struct RolloverLot {
    base::Quantity amount;  // still there
    base::Instant expires_at = base::kEndOfTime;

    friend bool operator==(const RolloverLot&, const RolloverLot&) = default;
};
QUIPU_FIELDS(RolloverLot, amount, expires_at)

// Bits of MeterWindow::notified.
inline constexpr std::uint8_t kNotified80 = 1;
inline constexpr std::uint8_t kNotified100 = 2;
inline constexpr std::uint8_t kNotifiedLimit = 4;

// One reset window of a meter. Units are the meter's: those of its feature, or credits.
struct MeterWindow {
    base::Period period;
    base::Quantity allowance_used;
    base::Quantity rollover_used;
    base::Quantity credit_used;  // paid from add-on credits
    base::Quantity overage;      // paid by nobody: billable
    base::Quantity
        pooled_overage;  // of the customer and all entities; kept in the customer's own window
    std::int64_t charge_minor = 0;      // price of `overage`, always
    std::int64_t invoiced_minor = 0;    // what invoices have billed of it
    base::Quantity invoiced_overage;    // the overage they billed it for
    std::vector<RolloverLot> rollover;  // carried into this window, soonest expiry first
    std::uint8_t notified = 0;          // which thresholds have been told of ...
    base::Quantity notified_limit;      // ... of this limit

    [[nodiscard]] base::Quantity usage() const {
        return allowance_used + rollover_used + credit_used + overage;
    }

    friend bool operator==(const MeterWindow&, const MeterWindow&) = default;
};
QUIPU_FIELDS(MeterWindow, period, allowance_used, rollover_used, credit_used, overage,
             pooled_overage, charge_minor, invoiced_minor, invoiced_overage, rollover, notified,
             notified_limit)

// The same, borrowed, for look-ups.
struct MeterKeyView {
    std::uint32_t subscription = 0;
    std::string_view feature;
    std::string_view entity;
};

struct MeterKeyLess {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
        if (a.subscription != b.subscription) return a.subscription < b.subscription;
        if (const int order = std::string_view(a.feature).compare(b.feature)) return order < 0;
        return std::string_view(a.entity) < std::string_view(b.entity);
    }
};

struct Meter {
    std::map<base::Instant, MeterWindow> windows;  // by start

    [[nodiscard]] const MeterWindow* find(base::Instant start) const {
        if (!windows.empty() && windows.rbegin()->first == start) return &windows.rbegin()->second;
        const auto found = windows.find(start);
        return found == windows.end() ? nullptr : &found->second;
    }

    friend bool operator==(const Meter&, const Meter&) = default;
};

// Credits given once. They never reset; they may expire.
struct CreditGrant {
    std::uint32_t seq = 0;  // from 1
    std::string system;     // credit system
    std::string source;     // pack slug
    base::Quantity granted;
    base::Quantity remaining;
    std::int32_t priority = 0;  // lower is spent first
    std::optional<base::Instant> expires_at;
    base::Instant created_at;

    friend bool operator==(const CreditGrant&, const CreditGrant&) = default;
};
QUIPU_FIELDS(CreditGrant, seq, system, source, granted, remaining, priority, expires_at, created_at)

struct EntityKey {
    std::string feature;
    std::string entity;

    friend auto operator<=>(const EntityKey&, const EntityKey&) = default;
};
QUIPU_FIELDS(EntityKey, feature, entity)

struct Entity {
    std::optional<std::string> name;
    std::optional<std::string> email;
    std::string metadata_json;  // "" = none
    base::Instant created_at;
    std::optional<base::Instant> remove_at;  // pending removal: the slot stays taken until then

    friend bool operator==(const Entity&, const Entity&) = default;
};
QUIPU_FIELDS(Entity, name, email, metadata_json, created_at, remove_at)

// One customer's choice for one feature; none = not set
// (docs/contract/customers.md#feature-config).
struct FeatureConfig {
    std::string feature;
    std::optional<OverageMode> overage;
    std::optional<base::Quantity> max_overage_units;

    friend bool operator==(const FeatureConfig&, const FeatureConfig&) = default;
};
QUIPU_FIELDS(FeatureConfig, feature, overage, max_overage_units)

// A limit or a feature given to one customer, in place of what their plans say of it.
struct Override {
    std::string feature;                  // slug of a feature or of a credit system
    std::optional<base::Quantity> limit;  // none = unlimited
    Interval reset = Interval::Monthly;
    std::optional<base::Instant> expires_at;
    std::string reason;
    base::Instant created_at;

    friend bool operator==(const Override&, const Override&) = default;
};
QUIPU_FIELDS(Override, feature, limit, reset, expires_at, reason, created_at)

enum class LimitReaction : std::uint8_t { Block = 1, Notify = 2 };
QUIPU_ENUMERATORS(LimitReaction, Block, Notify)

struct OverageLimit {
    std::int64_t max_minor = 0;
    LimitReaction reaction = LimitReaction::Block;

    friend bool operator==(const OverageLimit&, const OverageLimit&) = default;
};
QUIPU_FIELDS(OverageLimit, max_minor, reaction)

using Meters = std::map<MeterKey, Meter, MeterKeyLess>;

// What is stored in the account's own row.
struct AccountHead {
    std::string organisation;
    std::string id;           // cus_…
    std::string external_id;  // the caller's own; "" = none
    std::string email;        // "" = none
    base::Instant created_at;

    std::vector<Subscription> subscriptions;
    std::vector<FeatureConfig> feature_configs;
    std::optional<OverageLimit> overage_limit;
    // What invoices hold of windows that may still be open, by currency and by the windows' end.
    std::map<base::Currency, std::map<base::Instant, std::int64_t>> invoiced_charges;
    std::map<base::Currency, std::int64_t>
        unbilled_charges;  // by currency: charges of windows that no invoice holds yet
    std::vector<std::string> trialed_plans;
    std::vector<Override> overrides;
    std::vector<Reservation> reservations;  // open ones, oldest first
    std::vector<PaymentMethod> payment_methods;
    std::vector<PaymentIntent> intents;  // pending, and settled ones of the last 400 days
    std::vector<Dunning> dunnings;
    std::optional<OverageBlock> overage_block;
    std::optional<base::Instant> threshold_due;  // unbilled usage is invoiced then
    std::uint32_t next_intent = 1;
    std::uint32_t next_invoice = 1;  // numbers have no gaps
    std::uint32_t next_grant = 1;
    base::Instant next_due = base::kEndOfTime;  // earliest timer

    friend bool operator==(const AccountHead&, const AccountHead&) = default;
};
QUIPU_FIELDS(AccountHead, organisation, id, external_id, email, created_at, subscriptions,
             feature_configs, overage_limit, invoiced_charges, unbilled_charges, trialed_plans,
             overrides, reservations, payment_methods, intents, dunnings, overage_block,
             threshold_due, next_intent, next_invoice, next_grant, next_due)

// The head, and what has rows of its own.
struct Account : AccountHead {
    Meters meters;  // none is ever taken out: their addresses hold
    std::vector<CreditGrant> grants;
    std::map<EntityKey, Entity> entities;
    std::set<std::pair<base::Instant, EntityKey>>
        removals;  // pending, by moment; derived from `entities`
    std::map<std::string, std::uint32_t, std::less<>>
        entity_counts;  // by feature, pending removals included

    [[nodiscard]] const Subscription* find_subscription(std::uint32_t seq) const;
    [[nodiscard]] Subscription* find_subscription(std::uint32_t seq);
    [[nodiscard]] const FeatureConfig* find_config(std::string_view feature) const;
    [[nodiscard]] const Meter* find_meter(const MeterKeyView& key) const;
    [[nodiscard]] const Entity* find_entity(std::string_view feature,
                                            std::string_view entity) const;
    // An entity of any feature may scope usage of any other.
    [[nodiscard]] const Entity* find_entity_of_any_feature(std::string_view entity) const;
    [[nodiscard]] std::uint32_t entity_count(std::string_view feature) const;
    [[nodiscard]] const Override* find_override(std::string_view feature) const;
    [[nodiscard]] const Reservation* find_reservation(std::string_view id) const;
    [[nodiscard]] const PaymentMethod* find_method(std::string_view id) const;
    // The one that is charged; null without a valid one.
    [[nodiscard]] const PaymentMethod* default_method() const;
    [[nodiscard]] const PaymentIntent* find_intent(std::string_view id) const;
    [[nodiscard]] const Dunning* find_dunning(std::uint32_t invoice) const;

    friend bool operator==(const Account&, const Account&) = default;
};

// What the customer's overage limit is held against: what no invoice holds yet, and what invoices
// hold of windows that are open at `now` (docs/contract/overage.md#money-cap).
[[nodiscard]] std::int64_t capped_charges(const Account& account, base::Currency currency,
                                          base::Instant now);

// The moment of the account's earliest timer: a period's end, an entity's removal, the expiry of a
// credit, an override, a reservation or a checkout page, the next charge of an open invoice.
[[nodiscard]] base::Instant earliest_timer(const Account& account);

}  // namespace quipu::ledger
