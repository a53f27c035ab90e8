// The commands about reservations <-> their messages of quipu/v1/reservation.proto, for
// command_codec.
#pragma once

#include <optional>

#include "ledger/codec/codec_values.h"
#include "ledger/command.h"
#include "quipu/v1/record.pb.h"

namespace quipu::ledger::codec {

void write(const Reserve& command, v1::Record& record);
void write(const ConfirmReservation& command, v1::Record& record);
void write(const ReleaseReservation& command, v1::Record& record);

// None: the record has a command of another family.
[[nodiscard]] std::optional<Command> read_reservation_command(const v1::Record& record,
                                                              Problems& problems);

}  // namespace quipu::ledger::codec
