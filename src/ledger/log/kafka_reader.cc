#include "ledger/log/kafka_reader.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/check.h"
#include "ledger/log/kafka_config.h"
#include "ledger/log/log_errors.h"

namespace quipu::ledger {
namespace {

constexpr std::size_t kBatch = 512;

std::string to_string(const void* bytes, std::size_t size) {
    return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

std::vector<Header> headers_of(const rd_kafka_message_t& message) {
    std::vector<Header> headers;
    rd_kafka_headers_t* found = nullptr;
    if (rd_kafka_message_headers(&message, &found) != RD_KAFKA_RESP_ERR_NO_ERROR) return headers;
    headers.reserve(rd_kafka_header_cnt(found));
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    while (rd_kafka_header_get_all(found, headers.size(), &name, &value, &size) ==
           RD_KAFKA_RESP_ERR_NO_ERROR) {
        headers.push_back({name, to_string(value, size)});
    }
    return headers;
}

void call_wake(rd_kafka_t*, void* wake) noexcept {
    (*static_cast<std::function<void()>*>(wake))();
}

}  // namespace

base::Result<std::unique_ptr<LogReader>> KafkaReader::open(const KafkaLogOptions& options,
                                                           Partition partition, Offset from) {
    auto conf = kafka_consumer_conf(options);
    if (!conf) return tl::unexpected(conf.error());
    auto client = new_kafka_client(RD_KAFKA_CONSUMER, std::move(*conf));
    if (!client) return tl::unexpected(client.error());
    KafkaConsumer consumer(*client);
    rd_kafka_poll_set_consumer(consumer.get());  // one queue for records and errors
    KafkaQueue queue(rd_kafka_queue_get_consumer(consumer.get()));

    const KafkaPartitionList assignment(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(assignment.get(),
                                      kafka_topic_name(options, partition.topic).c_str(),
                                      static_cast<std::int32_t>(partition.index))
        ->offset = from;
    const auto assigned = rd_kafka_assign(consumer.get(), assignment.get());
    if (assigned != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(log_error(kLogUnavailable, rd_kafka_err2str(assigned)));
    }
    return std::unique_ptr<LogReader>(new KafkaReader(std::move(consumer), std::move(queue)));
}

KafkaReader::~KafkaReader() {
    // The callback runs under the queue's lock, which this takes: it never runs afterwards.
    rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
}

void KafkaReader::on_readable(std::function<void()> wake) {
    QUIPU_CHECK(!wake_);
    wake_ = std::move(wake);
    rd_kafka_queue_cb_event_enable(queue_.get(), call_wake, &wake_);
}

base::Result<std::size_t> KafkaReader::poll(std::size_t limit, std::vector<StoredRecord>& out) {
    std::size_t count = 0;
    std::array<rd_kafka_message_t*, kBatch> messages;
    // Until the queue is empty: librdkafka wakes only when something comes to an empty one.
    while (count < limit && !failure_) {
        const auto got = rd_kafka_consume_batch_queue(queue_.get(), 0, messages.data(),
                                                      std::min(limit - count, kBatch));
        if (got <= 0) break;
        for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
            const KafkaMessage message(messages[i]);
            if (take(*message, out)) ++count;
        }
    }
    if (count > 0) return count;
    if (failure_) return tl::unexpected(*failure_);
    if (trouble_) return tl::unexpected(*std::exchange(trouble_, std::nullopt));
    return 0;
}

bool KafkaReader::take(const rd_kafka_message_t& message, std::vector<StoredRecord>& out) {
    if (failure_) return false;
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        note_error(message);
        return false;
    }
    rd_kafka_timestamp_type_t stamped_by = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const std::int64_t millis = rd_kafka_message_timestamp(&message, &stamped_by);
    if (stamped_by != RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME) {
        failure_ =
            log_error(kLogMisconfigured, "the record at offset " + std::to_string(message.offset) +
                                             " has no append time: set "
                                             "message.timestamp.type=LogAppendTime");
        return false;
    }
    // As it was stamped: a broker's clock may run backwards, and only the fold can keep a maximum
    // that a restart repeats.
    out.push_back({message.offset, base::from_millis(millis),
                   to_string(message.key, message.key_len), to_string(message.payload, message.len),
                   headers_of(message)});
    return true;
}

void KafkaReader::note_error(const rd_kafka_message_t& message) {
    const std::string text = rd_kafka_message_errstr(&message);
    switch (message.err) {
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            failure_ = log_error(kLogTruncated, text);
            break;
        // librdkafka would go on behind the damage; the fold must not.
        case RD_KAFKA_RESP_ERR__BAD_MSG:
        case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
        case RD_KAFKA_RESP_ERR_INVALID_MSG:
        case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
            failure_ = log_error(kLogDamaged, text);
            break;
        default:
            trouble_ = log_error(kLogUnavailable, text);
    }
}

}  // namespace quipu::ledger
