// One attempt: the request that is sent, and what its answer makes of the delivery. Pure.
#pragma once

#include <cstdint>

#include "base/instant.h"
#include "base/result.h"
#include "ledger/identity.h"
#include "webhooks/delivery.h"
#include "webhooks/options.h"
#include "webhooks/transport.h"

namespace quipu::webhooks {

// Signed with the endpoint's secret, and for a day after a change with the one before too. `now` is
// the machine's time, `ledger_now` the ledger's.
[[nodiscard]] WebhookRequest request_of(const WebhookDelivery& delivery,
                                        const ledger::WebhookEndpoint& endpoint, base::Instant now,
                                        base::Instant ledger_now);

using AttemptAnswer = base::Result<WebhookResponse>;
[[nodiscard]] bool is_taken(const AttemptAnswer& answer);  // any 2xx
[[nodiscard]] bool is_gone(const AttemptAnswer& answer);   // 410: do not ask again

// The delivery after an attempt that ended at `now`: delivered, failed, or pending until its next
// attempt. Answers until when its endpoint asked to be left alone; the epoch: it did not. `random`
// is for the jitter.
[[nodiscard]] base::Instant settle(WebhookDelivery& delivery, const AttemptAnswer& answer,
                                   base::Instant now, const WebhookOptions& options,
                                   std::uint64_t random);

}  // namespace quipu::webhooks
