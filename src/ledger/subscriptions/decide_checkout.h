// What an attach does where a provider collects: nothing begins before it is paid.
#pragma once

#include <optional>

#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// A plan that begins when its first fee is paid: by the saved method if `charge_saved`, else on a
// page. A free plan goes on meanwhile
// (docs/contract/subscriptions.md#nothing-before-it-is-paid).
[[nodiscard]] Decision checkout_plan(const Account& account, const CatalogBook& book,
                                     const Plan& plan, AttachType type, bool charge_saved,
                                     const Attach& command, base::Instant now);
// An upgrade in mid-period, always on a page (docs/contract/subscriptions.md#upgrade); none: there
// is nothing to pay.
[[nodiscard]] std::optional<Decision> checkout_switch(const Account& account,
                                                      const CatalogBook& book,
                                                      const Subscription& old, const Plan& from,
                                                      const Plan& to, AttachType type,
                                                      const Attach& command, base::Instant now);
// A page on which a payment method is left before the trial begins.
[[nodiscard]] Decision checkout_trial(const Account& account, const CatalogBook& book,
                                      const Plan& plan, const Attach& command, base::Instant now);
// Attaching a plan whose fee is overdue, or one in place of a plan whose fee is not paid yet, asks
// for that fee; none: no such subscription.
[[nodiscard]] std::optional<Decision> pay_open_fee(const Account& account, const CatalogBook& book,
                                                   const Plan& plan, const Attach& command,
                                                   base::Instant now);

// Begins the trial of a plan in place of a free one, or one past due (may be null).
Subscription begin_trial(Events& events, const Account& account, const CatalogBook& book,
                         const Plan& plan, const Subscription* free_plan, base::Instant now);

// What a paid intent of these purposes brings about. False: it cannot be any more, and the money
// has to go back.
[[nodiscard]] bool finish_subscribe(Events& events, const Account& account, const CatalogBook& book,
                                    PaymentIntent& intent, base::Instant now);
[[nodiscard]] bool finish_switch(Events& events, const Account& account, const CatalogBook& book,
                                 PaymentIntent& intent, base::Instant now);
[[nodiscard]] bool finish_trial(Events& events, const Account& account, const CatalogBook& book,
                                PaymentIntent& intent, base::Instant now);

}  // namespace quipu::ledger
