// The ledger's topics at the brokers: makes and checks them, and asks where they end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "ledger/log/kafka_handles.h"
#include "ledger/log/kafka_options.h"
#include "ledger/log/log.h"

namespace quipu::ledger {

// Any thread. Every call waits for brokers, up to the option's time.
class KafkaTopics {
public:
    // Error code: `log_misconfigured`.
    [[nodiscard]] static base::Result<KafkaTopics> connect(const KafkaLogOptions& options);

    // Makes the missing topics and returns when every partition has a leader. Error codes:
    // `log_partitions_differ`, `log_misconfigured` (a topic does not stamp its records on append),
    // `log_unavailable`.
    [[nodiscard]] base::Result<void> ensure();

    // Of the topic as it is at the brokers, whatever the options say; none when there is no such
    // topic. Waits for the brokers as ensure() does. Error code: `log_unavailable`.
    [[nodiscard]] base::Result<std::optional<std::uint32_t>> event_partitions() const;

    // One past the last record. Error code: `log_unavailable`.
    [[nodiscard]] base::Result<Offset> end(Partition partition) const;

private:
    KafkaTopics(const KafkaLogOptions& options, KafkaClient client)
        : options_(options), client_(std::move(client)) {}

    // What the brokers say of the topic: null when there is none.
    [[nodiscard]] base::Result<KafkaMetadata> describe(Topic topic) const;
    // How many partitions of the topic have a leader: -1 when there is no such topic. An error when
    // it has another number of partitions than wanted.
    [[nodiscard]] base::Result<int> leaders(Topic topic) const;
    [[nodiscard]] base::Result<void> create(Topic topic) const;
    [[nodiscard]] base::Result<void> check_timestamps(Topic topic) const;

    KafkaLogOptions options_;
    KafkaClient client_;
};

}  // namespace quipu::ledger
