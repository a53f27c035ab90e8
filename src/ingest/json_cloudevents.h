// Decodes CloudEvents 1.0 in JSON (structured mode) into Track records.
//
//   id, source            the event's identity, see below; `source` may be left out
//   specversion           "1.0"
//   type                  slug of the feature
//   subject               the customer; may be left out where the message key names it
//   time                  when it happened (RFC 3339); may be left out
//   organisation          extension: who owns the customer; may be left out where a header or an
//   API
//                         key says it
//   data.value            units as a number or a numeric string, read from its text; 1 when left
//   out data.entity           whose usage within the customer data.metadata, and every other member
//   of data: kept as the event's metadata, the members of
//                         `metadata` first
//
// A null is the same as nothing. Other extensions are accepted and not kept.
//
// Identity: CloudEvents are unique by source and id, ours by id. The event id is `id` when the
// source is absent or "quipu", so that an event may also be sent over /track with that id;
// otherwise it is `source#id`. Sources that end in `#…` can make two pairs equal; do not use such.
//
// Error codes: `event_malformed` (not one JSON object, a name twice), `event_too_large`,
// `event_version_unsupported`, `event_attribute_missing`, `event_attribute_malformed`,
// `event_data_malformed`, `event_data_unsupported` (data_base64, or a content type that is not
// JSON), `value_malformed`, `value_too_precise` (more than 9 decimals), `value_out_of_range`, and
// those of ledger::problem_of.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/json_body.h"
#include "base/result.h"
#include "ledger/command.h"

namespace quipu::ingest {

// Keeps its buffers between events. Owned by one thread.
class CloudEventDecoder {
public:
    [[nodiscard]] base::Result<ledger::CommandRecord> decode(std::string_view json);

    using Batch = std::vector<base::Result<ledger::CommandRecord>>;
    // A JSON array of events, one result each; the error is of the array: `event_malformed`, or
    // `event_too_large` for more than `limit` events.
    [[nodiscard]] base::Result<Batch> decode_batch(std::string_view json, std::size_t limit);

private:
    base::JsonReader reader_;
};

}  // namespace quipu::ingest
