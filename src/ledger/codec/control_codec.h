// The commands of organisations, keys and customers <-> their messages, for command_codec.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/codec/codec_values.h"
#include "ledger/command.h"
#include "quipu/v1/record.pb.h"

namespace quipu::ledger::codec {

template <std::size_t Size>
std::string_view view_of(const std::array<std::uint8_t, Size>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <std::size_t Size>
void read_bytes(const std::string& bytes, const char* field, std::array<std::uint8_t, Size>& out,
                Problems& problems) {
    if (bytes.size() != Size) {
        problems.report("record_malformed",
                        std::string(field) + " must have " + std::to_string(Size) + " bytes.");
        return;
    }
    std::ranges::copy(bytes, out.begin());
}

void write(const CreateOrganisation& create, v1::Record& record);
void write(const CreateKey& create, v1::Record& record);
void write(const RevokeKey& revoke, v1::Record& record);
void write(const UpsertCustomer& upsert, v1::Record& record);

// None: the record has a command of another family.
[[nodiscard]] std::optional<Command> read_control_command(const v1::Record& record,
                                                          Problems& problems);

}  // namespace quipu::ledger::codec
