// The bytes of a log record: ledger::CommandRecord <-> quipu.v1.Record
// (schemas/quipu/v1/record.proto).
//
// Error codes of decoding: `record_malformed` (not this schema, not UTF-8, wrong length of a hash),
// `record_too_large`, `record_without_command`, `record_unknown_command` (a command or an enum
// value of a newer version), `record_unknown_field` (a field of a newer version),
// `value_unspecified` (an enum left at 0), and those of problem_of (record_limits.h). A record that
// fails is never folded in part: whoever reads the log puts it aside with the code.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/command.h"

namespace quipu::ledger {

// Needs problem_of(record) == nullopt; the result decodes to an equal record.
[[nodiscard]] std::string encode(const CommandRecord& record);

// Decodes one record after the other and keeps its memory between them. Owned by one thread.
class CommandDecoder {
public:
    CommandDecoder();
    ~CommandDecoder();
    CommandDecoder(CommandDecoder&&) noexcept;
    CommandDecoder& operator=(CommandDecoder&&) noexcept;

    [[nodiscard]] base::Result<CommandRecord> decode(std::string_view bytes);
    // The same by the schema's parser alone: `decode` has a shorter way for plain Track records,
    // and a test holds it against this one.
    [[nodiscard]] base::Result<CommandRecord> decode_any(std::string_view bytes);

private:
    struct Message;
    std::unique_ptr<Message> message_;
};

// The same for a single record, from any thread.
[[nodiscard]] base::Result<CommandRecord> decode_record(std::string_view bytes);

}  // namespace quipu::ledger
