#include "ledger/codec/reservation_codec.h"

#include "ledger/command.h"

namespace quipu::ledger::codec {

void write(const Reserve& command, v1::Record& record) {
    v1::Reserve& out = *record.mutable_reserve();
    out.set_feature(command.feature);
    out.set_entity(command.entity);
    write(command.value, *out.mutable_value());
    out.set_hold_micros(command.hold_micros);
}
Reserve read(const v1::Reserve& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.feature = message.feature(),
            .entity = message.entity(),
            .value = read(message.value(), problems),
            .hold_micros = message.hold_micros()};
}

void write(const ConfirmReservation& command, v1::Record& record) {
    v1::ConfirmReservation& out = *record.mutable_confirm_reservation();
    out.set_reservation(command.reservation);
    if (command.value) write(*command.value, *out.mutable_value());
    out.set_metadata_json(command.metadata_json);
}
ConfirmReservation read(const v1::ConfirmReservation& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    ConfirmReservation command{.reservation = message.reservation(),
                               .value = {},
                               .metadata_json = message.metadata_json()};
    if (message.has_value()) command.value = read(message.value(), problems);
    return command;
}

void write(const ReleaseReservation& command, v1::Record& record) {
    record.mutable_release_reservation()->set_reservation(command.reservation);
}
ReleaseReservation read(const v1::ReleaseReservation& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.reservation = message.reservation()};
}

std::optional<Command> read_reservation_command(const v1::Record& record, Problems& problems) {
    switch (record.command_case()) {
        case v1::Record::kReserve:
            return read(record.reserve(), problems);
        case v1::Record::kConfirmReservation:
            return read(record.confirm_reservation(), problems);
        case v1::Record::kReleaseReservation:
            return read(record.release_reservation(), problems);
        default:
            return std::nullopt;
    }
}

}  // namespace quipu::ledger::codec
