// The commands about money <-> their messages of quipu/v1/payment.proto, for command_codec.
#pragma once

#include <optional>

#include "ledger/codec/codec_values.h"
#include "ledger/command.h"
#include "quipu/v1/record.pb.h"

namespace quipu::ledger::codec {

void write(const PublishSettings& command, v1::Record& record);
void write(const ActivateSubscription& command, v1::Record& record);
void write(const SetUpPaymentMethod& command, v1::Record& record);
void write(const RemovePaymentMethod& command, v1::Record& record);
void write(const PayInvoice& command, v1::Record& record);
void write(const MarkInvoicePaid& command, v1::Record& record);
void write(const VoidInvoice& command, v1::Record& record);
void write(const RecordPayment& command, v1::Record& record);
void write(const RecordRefund& command, v1::Record& record);
void write(const GrantOverride& command, v1::Record& record);
void write(const RevokeOverride& command, v1::Record& record);
void write(const CorrectUsage& command, v1::Record& record);
void write(const SetDefaultProvider& command, v1::Record& record);
void write(const UpdateSettings& command, v1::Record& record);

// None: the record has a command of another family.
[[nodiscard]] std::optional<Command> read_payment_command(const v1::Record& record,
                                                          Problems& problems);

}  // namespace quipu::ledger::codec
