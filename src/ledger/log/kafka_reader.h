// A cursor on one partition in Kafka: a consumer with a static assignment, drained in batches.
#pragma once

#include <memory>
#include <optional>

#include "ledger/log/kafka_handles.h"
#include "ledger/log/kafka_options.h"
#include "ledger/log/log.h"

namespace quipu::ledger {

// One thread. The wake runs on a librdkafka thread that holds the queue's lock: it must not poll.
class KafkaReader final : public LogReader {
public:
    // Error codes: `log_misconfigured`, `log_unavailable`.
    [[nodiscard]] static base::Result<std::unique_ptr<LogReader>> open(
        const KafkaLogOptions& options, Partition partition, Offset from);
    ~KafkaReader() override;

    [[nodiscard]] base::Result<std::size_t> poll(std::size_t limit,
                                                 std::vector<StoredRecord>& out) override;
    void on_readable(std::function<void()> wake) override;

private:
    KafkaReader(KafkaConsumer consumer, KafkaQueue queue)
        : consumer_(std::move(consumer)), queue_(std::move(queue)) {}

    // True when `message` became a record at the end of `out`.
    [[nodiscard]] bool take(const rd_kafka_message_t& message, std::vector<StoredRecord>& out);
    void note_error(const rd_kafka_message_t& message);

    std::function<void()> wake_;
    KafkaConsumer consumer_;
    KafkaQueue queue_;
    std::optional<base::Error> trouble_;  // passes: reported once
    std::optional<base::Error> failure_;  // stays: nothing is read behind it
};

}  // namespace quipu::ledger
