// What a receiver reads: a notification as JSON, written once and sent as these bytes ever after.
#pragma once

#include <string>

#include "ledger/notification.h"

namespace quipu::webhooks {

// {"id","type","timestamp","organisation","data":{…}}: quantities are numbers in their exact text,
// moments are ISO text.
[[nodiscard]] std::string webhook_body(const ledger::Notification& notification);

}  // namespace quipu::webhooks
