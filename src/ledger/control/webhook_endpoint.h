// The rules of webhook endpoints: a few per organisation, changed by request or by the sender.
#pragma once

#include <string>

#include "ledger/control/control.h"

namespace quipu::ledger {

// Whether a notification of this type is to be sent there.
[[nodiscard]] bool wants(const WebhookEndpoint& endpoint, std::string_view type);

// `organisation` is the record's. Refusals: `organisation_not_found`, `already_exists`,
// `webhook_endpoint_not_found`, `invalid_request` (one too many).
[[nodiscard]] ControlDecision decide_webhook(const ControlState& state,
                                             const std::string& organisation,
                                             const CreateWebhookEndpoint& command,
                                             base::Instant now);
[[nodiscard]] ControlDecision decide_webhook(const ControlState& state,
                                             const std::string& organisation,
                                             const UpdateWebhookEndpoint& command,
                                             base::Instant now);
[[nodiscard]] ControlDecision decide_webhook(const ControlState& state,
                                             const std::string& organisation,
                                             const DeleteWebhookEndpoint& command,
                                             base::Instant now);
[[nodiscard]] ControlDecision decide_webhook(const ControlState& state,
                                             const std::string& organisation,
                                             const DisableWebhookEndpoint& command,
                                             base::Instant now);
[[nodiscard]] ControlDecision decide_webhook(const ControlState& state,
                                             const std::string& organisation,
                                             const RotateWebhookSecret& command, base::Instant now);

}  // namespace quipu::ledger
