#include "cli/log/partition_name.h"

#include <charconv>

#include "ledger/log/partition_layout.h"

namespace quipu::cli {
namespace {

using ledger::Partition;
using ledger::Topic;

std::string_view topic_name(Topic topic) {
    switch (topic) {
        case Topic::Events:
            return "events";
        case Topic::Control:
            return "control";
        case Topic::Invoices:
            return "invoices";
        case Topic::Deadletter:
            return "deadletter";
        case Topic::Notifications:
            return "notifications";
    }
    return "events";
}

}  // namespace

std::string partition_name(Partition partition) {
    std::string name(topic_name(partition.topic));
    if (partition.topic == Topic::Events) name += "-" + std::to_string(partition.index);
    return name;
}

std::optional<Partition> parse_partition(std::string_view name) {
    for (const Topic topic :
         {Topic::Control, Topic::Invoices, Topic::Deadletter, Topic::Notifications}) {
        if (name == topic_name(topic)) return Partition{topic, 0};
    }
    constexpr std::string_view kPrefix = "events-";
    if (!name.starts_with(kPrefix)) return std::nullopt;
    const std::string_view digits = name.substr(kPrefix.size());
    Partition partition{Topic::Events, 0};
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), partition.index);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    if (!whole || partition.index >= ledger::kMaxEventPartitions) return std::nullopt;
    return partition;
}

}  // namespace quipu::cli
