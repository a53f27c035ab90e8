// The form of dead letters (see docs/kafka.md).
#include "projections/fold.h"

namespace quipu::projections {
namespace {

std::string_view topic_name(ledger::Topic topic) {
    switch (topic) {
        case ledger::Topic::Events:
            return "events";
        case ledger::Topic::Control:
            return "control";
        case ledger::Topic::Invoices:
            return "invoices";
        case ledger::Topic::Deadletter:
            return "deadletter";
        case ledger::Topic::Notifications:
            return "notifications";
    }
    return "events";
}

}  // namespace

SendRecord dead_letter(ledger::Partition from, const ledger::StoredRecord& record,
                       base::ErrorCode code, std::string_view reason) {
    SendRecord sent;
    sent.to = {ledger::Topic::Deadletter, 0};
    sent.record.key = record.key;
    sent.record.value = record.value;
    sent.record.headers = record.headers;
    const auto add = [&](std::string_view name, std::string_view value) {
        sent.record.headers.push_back({std::string(name), std::string(value)});
    };
    add("quipu-topic", topic_name(from.topic));
    add("quipu-partition", std::to_string(from.index));
    add("quipu-offset", std::to_string(record.offset));
    add("quipu-code", code.text());
    add("quipu-reason", reason);
    return sent;
}

}  // namespace quipu::projections
