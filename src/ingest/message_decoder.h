// Decodes a message of the log, whoever wrote it: Quipu's record in protobuf or a CloudEvent in
// JSON.
//
// The content type decides: none, `application/x-protobuf` and `application/protobuf` are the
// record (schemas/quipu/v1/record.proto), `application/cloudevents+json` is a CloudEvent
// (json_cloudevents.h). For commands of one account, an organisation that the message leaves out is
// that of the header `organisation`, a customer that it leaves out is the message key.
//
// Error codes: those of command_codec.h and json_cloudevents.h, `content_type_unsupported`,
// `organisation_missing`, `customer_missing`.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/json_cloudevents.h"
#include "ledger/codec/command_codec.h"
#include "ledger/command.h"
#include "ledger/log/log.h"

namespace quipu::ingest {

// Keeps its buffers between messages. Owned by one thread. The result depends on nothing but the
// arguments, so that a replay decodes the same.
class MessageDecoder {
public:
    [[nodiscard]] base::Result<ledger::CommandRecord> decode(
        std::string_view content_type, std::string_view bytes, std::string_view key,
        const std::vector<ledger::Header>& headers);
    // The same, with the content type from the header `content-type` (any case).
    [[nodiscard]] base::Result<ledger::CommandRecord> decode(const ledger::StoredRecord& message);

private:
    base::Result<ledger::CommandRecord> decode_body(std::string_view content_type,
                                                    std::string_view bytes);

    ledger::CommandDecoder records_;
    CloudEventDecoder events_;
};

}  // namespace quipu::ingest
