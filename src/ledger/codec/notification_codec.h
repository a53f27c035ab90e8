// The bytes of a notification: ledger::Notification <-> quipu.v1.Notification
// (schemas/quipu/v1/notification.proto).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/notification.h"

namespace quipu::ledger {

[[nodiscard]] std::string encode_notification(const Notification& notification);
// Error codes as in command_codec.h, without those of problem_of.
[[nodiscard]] base::Result<Notification> decode_notification(std::string_view bytes);

}  // namespace quipu::ledger
