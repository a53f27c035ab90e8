// How a fold publishes a notification.
#pragma once

#include <string>
#include <string_view>

#include "ledger/notification.h"
#include "projections/fold.h"

namespace quipu::projections {

// ntf_…, the same for the same fact: what it is (`subject` tells facts of one type, customer and
// moment apart, such as an invoice's id; it may be empty) and the record that made it so.
[[nodiscard]] std::string notification_id(const ledger::Notification& notification,
                                          std::string_view subject, ledger::Partition from,
                                          ledger::Offset offset);

// The effect for FoldSink::emit; the notification has its id.
[[nodiscard]] SendRecord notification_record(const ledger::Notification& notification);

}  // namespace quipu::projections
