// The commands about reservations <-> their messages of quipu/v1/reservation.proto, for
// command_codec.
#pragma once

#include "ledger/codec/codec_values.h"
#include "ledger/command.h"
#include "quipu/v1/record.pb.h"

namespace quipu::ledger::codec {

void write(const Reserve& command, v1::Record& record);
void write(const ConfirmReservation& command, v1::Record& record);
void write(const ReleaseReservation& command, v1::Record& record);

[[nodiscard]] Reserve read(const v1::Reserve& message, Problems& problems);
[[nodiscard]] ConfirmReservation read(const v1::ConfirmReservation& message, Problems& problems);
[[nodiscard]] ReleaseReservation read(const v1::ReleaseReservation& message, Problems& problems);

}  // namespace quipu::ledger::codec
