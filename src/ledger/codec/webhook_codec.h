// The commands about webhook endpoints as messages of the schema.
#pragma once

#include <optional>

#include "ledger/codec/codec_values.h"
#include "ledger/command.h"
#include "quipu/v1/record.pb.h"

namespace quipu::ledger::codec {

void write(const CreateWebhookEndpoint& create, v1::Record& record);
void write(const UpdateWebhookEndpoint& update, v1::Record& record);
void write(const DeleteWebhookEndpoint& remove, v1::Record& record);
void write(const DisableWebhookEndpoint& disable, v1::Record& record);
void write(const RotateWebhookSecret& rotate, v1::Record& record);

// None: the record has a command of another family.
[[nodiscard]] std::optional<Command> read_webhook_command(const v1::Record& record,
                                                          Problems& problems);

}  // namespace quipu::ledger::codec
