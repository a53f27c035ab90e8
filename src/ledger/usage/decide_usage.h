// The one decision behind check, track and check(sendEvent): may this usage happen, and who pays
// for each unit.
#pragma once

#include <string_view>
#include <vector>

#include "ledger/account.h"
#include "ledger/event.h"
#include "ledger/outcome.h"
#include "ledger/terms.h"
#include "ledger/usage/holds.h"
#include "ledger/usage/sources.h"

namespace quipu::ledger {

struct UsageRequest {
    std::string_view feature;
    std::string_view entity;    // "" = the customer
    base::Quantity value;       // >= 0
    base::Instant at;           // when it happened: chooses the windows
    bool check = false;         // answered in check's codes
    bool record = true;         // numbers are those afterwards
    bool hold = false;          // with `record`: the units are held, not used
    std::string_view settling;  // the reservation whose units these are; "" = none
};

struct UsageDecision {
    UsageAnswer answer;
    std::vector<Posting> postings;  // empty when refused
    bool allowed = false;
    Events opening;  // windows that begin with what earlier ones left; before the postings
    Events notices;  // thresholds that this usage passed, or a limit that refused it; after them
};

// Funding order (docs/contract/credits.md#funding-order): rollover, allowances of the feature,
// credits of its plans, add-on credits, overage. All or nothing. `account` must have been advanced
// to `now`.
[[nodiscard]] UsageDecision decide_usage(const Account& account, const CatalogBook& book,
                                         const UsageRequest& request, base::Instant now);

// What the overage guard says of `amount` more overage on one source.
struct OverageVerdict {
    Refusal refusal = Refusal::None;
    bool out_of_range = false;
    base::Quantity used;  // of the cap that refused
    base::Quantity cap;
    base::Quantity overage_after;
    std::int64_t charge_after = 0;
};
[[nodiscard]] OverageVerdict guard_overage(const Account& account, const BillingSettings& settings,
                                           const Holds& holds, const Source& source,
                                           base::Quantity amount, base::Instant now);

}  // namespace quipu::ledger
