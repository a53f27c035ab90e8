#include "ledger/log/kafka_log.h"

#include <utility>

#include "ledger/log/kafka_producer.h"
#include "ledger/log/kafka_reader.h"
#include "ledger/log/kafka_topics.h"
#include "ledger/log/log_errors.h"

namespace quipu::ledger {

KafkaLog::KafkaLog(const KafkaLogOptions& options, std::unique_ptr<KafkaTopics> topics,
                   std::unique_ptr<KafkaProducer> producer)
    : options_(options),
      layout_(options.event_partitions),
      topics_(std::move(topics)),
      producer_(std::move(producer)) {}

KafkaLog::~KafkaLog() = default;

base::Result<std::unique_ptr<KafkaLog>> KafkaLog::open(const KafkaLogOptions& options) {
    auto topics = KafkaTopics::connect(options);
    if (!topics) return tl::unexpected(topics.error());
    if (auto ensured = topics->ensure(); !ensured) return tl::unexpected(ensured.error());
    auto producer = KafkaProducer::start(options);
    if (!producer) return tl::unexpected(producer.error());
    return std::unique_ptr<KafkaLog>(new KafkaLog(
        options, std::make_unique<KafkaTopics>(std::move(*topics)), std::move(*producer)));
}

base::Result<std::optional<std::uint32_t>> KafkaLog::event_partitions(
    const KafkaLogOptions& options) {
    const auto topics = KafkaTopics::connect(options);
    if (!topics) return tl::unexpected(topics.error());
    return topics->event_partitions();
}

std::uint32_t KafkaLog::partitions(Topic topic) const {
    return layout_.count(topic);
}

void KafkaLog::append(std::vector<Append> batch) {
    for (const Append& append : batch) {
        static_cast<void>(layout_.ordinal(append.partition));  // checks it
    }
    producer_->append(std::move(batch));
}

base::Result<std::unique_ptr<LogReader>> KafkaLog::read(Partition partition, Offset from) {
    const auto end = this->end(partition);
    if (!end) return tl::unexpected(end.error());
    if (from < 0 || from > *end) {
        return tl::unexpected(log_error(kLogTruncated, "the log ends before the wanted offset"));
    }
    return KafkaReader::open(options_, partition, from);
}

base::Result<Offset> KafkaLog::end(Partition partition) {
    static_cast<void>(layout_.ordinal(partition));  // checks it
    return topics_->end(partition);
}

}  // namespace quipu::ledger
