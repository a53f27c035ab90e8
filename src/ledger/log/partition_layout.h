// Which partitions a ledger has, and their dense numbering (used as an array index).
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "base/check.h"
#include "ledger/log/log.h"

namespace quipu::ledger {

inline constexpr Topic kTopics[] = {Topic::Events, Topic::Control, Topic::Invoices,
                                    Topic::Deadletter, Topic::Notifications};
inline constexpr std::size_t kSingleTopics = std::size(kTopics) - 1;  // of one partition each
inline constexpr std::uint32_t kMaxEventPartitions = 4096;

// A value: `event_partitions` (1 to kMaxEventPartitions) of Events and one of every other topic.
class PartitionLayout {
public:
    explicit PartitionLayout(std::uint32_t event_partitions) : events_(event_partitions) {
        QUIPU_CHECK(event_partitions >= 1 && event_partitions <= kMaxEventPartitions);
    }

    [[nodiscard]] std::uint32_t count(Topic topic) const {
        return topic == Topic::Events ? events_ : 1;
    }
    [[nodiscard]] std::size_t size() const { return std::size_t{events_} + kSingleTopics; }

    // 0 to size() - 1. A partition that does not exist is a defect of the caller.
    [[nodiscard]] std::size_t ordinal(Partition partition) const {
        QUIPU_CHECK(partition.index < count(partition.topic));
        if (partition.topic == Topic::Events) return partition.index;
        return std::size_t{events_} + static_cast<std::size_t>(partition.topic) - 1;
    }

    // In the order of their ordinals.
    [[nodiscard]] std::vector<Partition> all() const {
        std::vector<Partition> partitions;
        partitions.reserve(size());
        for (const Topic topic : kTopics) {
            for (std::uint32_t index = 0; index < count(topic); ++index) {
                partitions.push_back({topic, index});
            }
        }
        return partitions;
    }

private:
    std::uint32_t events_;
};

}  // namespace quipu::ledger
