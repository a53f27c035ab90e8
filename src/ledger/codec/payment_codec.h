// The commands about money <-> their messages of quipu/v1/payment.proto, for command_codec.
#pragma once

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

[[nodiscard]] PublishSettings read(const v1::PublishSettings& message, Problems& problems);
[[nodiscard]] ActivateSubscription read(const v1::ActivateSubscription& message,
                                        Problems& problems);
[[nodiscard]] SetUpPaymentMethod read(const v1::SetUpPaymentMethod& message, Problems& problems);
[[nodiscard]] RemovePaymentMethod read(const v1::RemovePaymentMethod& message, Problems& problems);
[[nodiscard]] PayInvoice read(const v1::PayInvoice& message, Problems& problems);
[[nodiscard]] MarkInvoicePaid read(const v1::MarkInvoicePaid& message, Problems& problems);
[[nodiscard]] VoidInvoice read(const v1::VoidInvoice& message, Problems& problems);
[[nodiscard]] RecordPayment read(const v1::RecordPayment& message, Problems& problems);
[[nodiscard]] RecordRefund read(const v1::RecordRefund& message, Problems& problems);
[[nodiscard]] GrantOverride read(const v1::GrantOverride& message, Problems& problems);
[[nodiscard]] RevokeOverride read(const v1::RevokeOverride& message, Problems& problems);
[[nodiscard]] CorrectUsage read(const v1::CorrectUsage& message, Problems& problems);
[[nodiscard]] SetDefaultProvider read(const v1::SetDefaultProvider& message, Problems& problems);
[[nodiscard]] UpdateSettings read(const v1::UpdateSettings& message, Problems& problems);

}  // namespace quipu::ledger::codec
