// What beginning, replacing and ending a subscription consists of, for the rules that do so.
#pragma once

#include "ledger/account.h"
#include "ledger/event.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// The subscription that a plan starts at `now`, active; one that waits for the plan's first payment
// is taken up.
[[nodiscard]] Subscription new_subscription(const Account& account, const Catalog& catalog,
                                            const Plan& plan, base::Instant now);

// Its end, after which nothing of it counts towards the overage limit once it is billed.
void end_subscription(Events& events, const CatalogBook& book, const Subscription& subscription,
                      SubscriptionStatus status, base::Instant now, Ending ending = Ending::Alone);

void append_invoices(Events& events, const std::vector<Invoice>& invoices);

// Whether the new plan takes over the old one's period instead of starting its own.
[[nodiscard]] bool keeps_period(const Subscription& old, const Plan& from, const Plan& to);
// What `to` begins as when it replaces `old` at `now`.
[[nodiscard]] Subscription replacement(const Account& account, const Catalog& catalog,
                                       const Subscription& old, const Plan& from, const Plan& to,
                                       base::Instant now);

// The line that charges the switch itself: the difference of both fees over the rest of the period,
// or, where the periods differ in length, the whole new fee less what is left of the old one.
[[nodiscard]] InvoiceLine switch_line(const Subscription& old, const Plan& from, const Plan& to,
                                      const Subscription& next, base::Instant now);

// A subscription on this plan that waits for its first payment; null: none.
[[nodiscard]] const Subscription* pending_on(const Account& account, std::string_view plan);
// A live one on this plan.
[[nodiscard]] const Subscription* live_on(const Account& account, std::string_view plan);

// When a trial of the plan that begins now ends: in its full length the first time, else when the
// one that was left for another plan would have ended. None: there is nothing left of it.
[[nodiscard]] std::optional<base::Instant> trial_end(const Account& account, const Plan& plan,
                                                     base::Instant now);
[[nodiscard]] bool had_trial(const Account& account, const Plan& plan);
// Whether a trial may take this subscription's place: nothing is paid for it, or there is none.
[[nodiscard]] bool gives_up_nothing(const CatalogBook& book, const Subscription* room);
// "14-day".
[[nodiscard]] std::string trial_length(const Plan& plan);

// Starts what new_subscription or replacement made.
void begin(Events& events, const Account& account, Subscription next);

// The free plan that goes on when a paid one of its group ends: one that starts by itself for new
// customers. Null: none, or something else of the group is live.
[[nodiscard]] const Plan* free_fallback(const Account& account, const CatalogBook& book,
                                        const Subscription& ended);

}  // namespace quipu::ledger
