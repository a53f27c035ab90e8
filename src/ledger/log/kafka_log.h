// The log in Apache Kafka: what a company runs when it outgrows one machine.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "ledger/log/kafka_options.h"
#include "ledger/log/log.h"
#include "ledger/log/partition_layout.h"

namespace quipu::ledger {

class KafkaProducer;
class KafkaTopics;

// Any thread. `done` runs on the producer's thread, or on the caller's when a record is refused at
// once. The wakes run on librdkafka's threads and must not poll. The log outlives its readers.
// Destruction waits for deliveries, at most the delivery timeout.
class KafkaLog final : public Log {
public:
    // Makes the topics that are missing and waits until each partition has a leader. Error codes:
    // `log_partitions_differ`, `log_misconfigured`, `log_unavailable`.
    [[nodiscard]] static base::Result<std::unique_ptr<KafkaLog>> open(
        const KafkaLogOptions& options);
    // Of the ledger with these brokers and prefix; none when there is no such ledger. Makes
    // nothing. Error codes: `log_misconfigured`, `log_unavailable`.
    [[nodiscard]] static base::Result<std::optional<std::uint32_t>> event_partitions(
        const KafkaLogOptions& options);
    ~KafkaLog() override;

    [[nodiscard]] std::uint32_t partitions(Topic topic) const override;
    void append(std::vector<Append> batch) override;
    // Asks the broker where the partition ends, so it waits for the network.
    [[nodiscard]] base::Result<std::unique_ptr<LogReader>> read(Partition partition,
                                                                Offset from) override;
    [[nodiscard]] base::Result<Offset> end(Partition partition) override;

    [[nodiscard]] KafkaProducer& producer() { return *producer_; }

private:
    KafkaLog(const KafkaLogOptions& options, std::unique_ptr<KafkaTopics> topics,
             std::unique_ptr<KafkaProducer> producer);

    const KafkaLogOptions options_;
    const PartitionLayout layout_;
    std::unique_ptr<KafkaTopics> topics_;
    std::unique_ptr<KafkaProducer> producer_;
};

}  // namespace quipu::ledger
