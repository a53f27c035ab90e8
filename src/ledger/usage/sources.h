// Who could pay for a unit of a feature: the allowances, credit pools and grants of a customer at a
// moment.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/currency.h"
#include "base/decimal.h"
#include "ledger/account.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// One subscription's share: a meter window with its limit. Borrowed from the account and the book;
// short-lived.
struct Source {
    const Subscription* subscription = nullptr;
    const Terms* terms = nullptr;    // null: add-on credits only, nothing is included
    std::string_view meter_feature;  // slug of the feature, or of the credit system
    std::string_view entity;
    base::Currency currency;
    base::Quantity cost;  // meter units per tracked unit
    base::Period window;
    const MeterWindow* used = nullptr;    // null: nothing yet
    std::optional<base::Quantity> limit;  // none = unlimited
    std::vector<RolloverLot> rollover;    // carried into the window and still there
    base::Quantity held;                  // of the allowance, by reservations
    base::Quantity held_overage;
    bool opens_window = false;  // the first usage of the window has to write them down
    bool handed_on = false;     // what the window left is part of a later one's rollover
    bool trialing = false;

    // All usage is billed, none is allowance. Usage within a trial never is
    // (docs/contract/subscriptions.md#trial-usage).
    [[nodiscard]] bool bills_all_usage() const;
    [[nodiscard]] base::Quantity allowance_left() const;  // only with a limit
    [[nodiscard]] bool is_unlimited() const { return !limit && !bills_all_usage(); }
    [[nodiscard]] MeterKey meter_key() const;
};

// An override made into something that grants: borrowed by its Source.
struct OverrideGrant {
    Subscription holder;  // stands in where no subscription is live
    Terms terms;
};

// Bought credits that may pay.
struct GrantSource {
    const CreditGrant* grant = nullptr;
    std::size_t pool = 0;  // index into Sources::pools: at its cost, and its meter counts them
};

struct Sources {
    std::vector<Source> direct;       // plans that include the feature itself
    std::vector<Source> pools;        // plans that include a credit system the feature draws from
    std::vector<GrantSource> grants;  // add-on credits of those systems, in spending order
    std::string_view system;  // the first of the systems, which answers show; "" = there is none
    std::vector<std::unique_ptr<OverrideGrant>> overrides;
    std::vector<std::unique_ptr<CreditGrant>> left;  // what reservations leave of grants
    base::Quantity system_cost;                      // of `system`

    [[nodiscard]] const std::vector<Source>& main() const {
        return direct.empty() ? pools : direct;
    }
    [[nodiscard]] bool empty() const { return direct.empty() && pools.empty(); }
};

// Whether any subscription granted at `at`.
[[nodiscard]] bool has_subscription(const Account& account, base::Instant at);
// Whether an override grants the feature, or a credit system that it draws from.
[[nodiscard]] bool has_override(const Account& account, const CatalogBook& book,
                                std::string_view feature, base::Instant at);
// Whether `at` lies in a trial that the subscription has left behind: a trial's end moves the
// anchor.
[[nodiscard]] bool was_trial(const Subscription& subscription, base::Instant at);

// In funding order: base plans before add-on plans, older before newer. `at`, when it happened,
// chooses subscriptions, terms and windows (docs/contract/windows.md#late-usage); `now`, when it is
// decided, the bought credits.
[[nodiscard]] Sources find_sources(const Account& account, const CatalogBook& book,
                                   std::string_view feature, std::string_view entity,
                                   base::Instant at, base::Instant now);

// Spendable add-on credits of a system, without those that reservations hold.
[[nodiscard]] base::Quantity addon_balance(const Account& account, std::string_view system,
                                           base::Instant now);

// units * cost in meter units, rounded to what a Quantity holds; nullopt = out of range.
[[nodiscard]] std::optional<base::Quantity> at_cost(base::Quantity units, base::Quantity cost);

// What a meter's usage was sold at; null when its plan is no longer known.
[[nodiscard]] const Terms* terms_of(const Account& account, const CatalogBook& book,
                                    const MeterKey& meter);
// The prices that a meter's overage is billed at; a free card where nothing has any.
[[nodiscard]] rating::RateCard rate_card_of(const Account& account, const CatalogBook& book,
                                            const MeterKey& meter);

// Customer's choice, then the plan's; overage is never allowed in a trial nor on prepaid
// quantities, and a customer's choice to charge needs a price.
[[nodiscard]] OverageMode overage_mode(const Account& account, const Source& source);
[[nodiscard]] std::optional<base::Quantity> overage_cap(const Account& account,
                                                        const Source& source);

}  // namespace quipu::ledger
