// Which events an organisation's back end is told of, and in what words: one obvious place.
//
// Types: subscription.started, .updated, .ended, .trial_started, .past_due, .recovered;
// entitlement.threshold_reached, .limit_reached, .overage_limit_reached; credits.granted, .expired;
// invoice.issued, .paid, .voided, .payment_failed; overage.blocked, .unblocked.
#pragma once

#include <vector>

#include "ledger/account.h"
#include "ledger/event.h"
#include "ledger/notification.h"

namespace quipu::ledger {

// `account` is as the event has left it.
void notify(std::vector<Notification>& out, const Account& account, const Event& event,
            base::Instant at);

}  // namespace quipu::ledger
