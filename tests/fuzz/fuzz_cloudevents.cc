// Any bytes as a CloudEvent, alone, in a batch and as a message: decoding never crashes, and what
// it accepts can go on the log.
#include "base/check.h"
#include "base/json_text.h"
#include "ingest/message_decoder.h"
#include "ledger/record_limits.h"

using namespace quipu;

namespace {

void check_record(const ledger::CommandRecord& record) {
    QUIPU_CHECK(!ledger::problem_of(record));
    QUIPU_CHECK(ledger::decode_record(ledger::encode(record)) == record);
    const auto& track = std::get<ledger::Track>(record.command);
    QUIPU_CHECK(track.metadata_json.empty() || base::is_json_object(track.metadata_json));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static ingest::CloudEventDecoder events;
    static ingest::MessageDecoder messages;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto event = events.decode(bytes);
    if (event) check_record(*event);
    const auto batch = events.decode_batch("[" + std::string(bytes) + "]", 100);
    if (batch) {
        for (const auto& each : *batch) {
            if (each) check_record(*each);
        }
    }
    const auto message =
        messages.decode("application/cloudevents+json", bytes, "acme", {{"organisation", "org_1"}});
    QUIPU_CHECK(message.has_value() == event.has_value());
    static_cast<void>(base::is_json_object(bytes));
    return 0;
}
