// The routes of this folder. Endpoints of an organisation and what was sent to them.
#pragma once

#include <vector>

#include "api/request/forward.h"
#include "api/request/route.h"

namespace quipu::api {

// `sender` is null where no webhooks are sent: then endpoints can be managed all the same.
[[nodiscard]] std::vector<Route> webhook_routes(Commands& commands,
                                                const ledger::ControlState& control,
                                                base::ApiIds& ids, webhooks::WebhookSender* sender);

}  // namespace quipu::api
