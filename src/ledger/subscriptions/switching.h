// Which subscription a new plan replaces (docs/contract/subscriptions.md#groups), and in what
// manner (docs/contract/subscriptions.md#kinds).
#pragma once

#include "ledger/account.h"
#include "ledger/catalog.h"
#include "ledger/outcome.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// The live subscription of the plan's group; none for add-on and one-time plans, which replace
// nothing.
[[nodiscard]] const Subscription* replaced_by(const Account& account, const CatalogBook& book,
                                              const Plan& plan);

// The same, one that is past due included: whatever begins in its place ends it.
[[nodiscard]] const Subscription* makes_room_for(const Account& account, const CatalogBook& book,
                                                 const Plan& plan);

// By price per month: higher is an upgrade, lower a downgrade, equal a lateral move.
[[nodiscard]] AttachType switch_type(const Plan& from, const Plan& to);

}  // namespace quipu::ledger
