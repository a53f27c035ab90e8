#include "e2e/kafka_peer.h"

#include <librdkafka/rdkafka.h>

#include <stdexcept>

namespace quipu::e2e {
namespace {

constexpr int kFlushMs = 30'000;

void set(rd_kafka_conf_t* conf, const char* name, const char* value) {
    char error[512];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) {
        throw std::runtime_error(error);
    }
}

void on_delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) noexcept {
    *static_cast<rd_kafka_resp_err_t*>(message->_private) = message->err;
}

}  // namespace

KafkaPeer::KafkaPeer(const std::string& brokers) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", brokers.c_str());
    set(conf, "acks", "all");
    set(conf, "linger.ms", "0");
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivered);
    char error[512];
    client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error));
    if (!client_) throw std::runtime_error(error);
}

void KafkaPeer::produce(const std::string& topic, std::int32_t partition,
                        const ledger::NewRecord& record) {
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const ledger::Header& header : record.headers) {
        rd_kafka_header_add(headers, header.name.c_str(), -1, header.value.data(),
                            static_cast<ssize_t>(header.value.size()));
    }
    rd_kafka_resp_err_t delivered = RD_KAFKA_RESP_ERR__IN_PROGRESS;
    const rd_kafka_resp_err_t queued = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(record.value.data()), record.value.size()),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(&delivered), RD_KAFKA_V_END);
    if (queued != RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_headers_destroy(headers);
        throw std::runtime_error(rd_kafka_err2str(queued));
    }
    rd_kafka_flush(client_.get(), kFlushMs);
    if (delivered != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw std::runtime_error(rd_kafka_err2str(delivered));
    }
}

void KafkaPeer::delete_before(const std::string& topic, std::int32_t partition,
                              ledger::Offset offset) {
    const ledger::KafkaPartitionList before(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(before.get(), topic.c_str(), partition)->offset = offset;
    const ledger::KafkaQueue queue(rd_kafka_queue_new(client_.get()));
    rd_kafka_DeleteRecords_t* request[] = {rd_kafka_DeleteRecords_new(before.get())};
    rd_kafka_DeleteRecords(client_.get(), request, 1, nullptr, queue.get());
    rd_kafka_DeleteRecords_destroy(request[0]);
    const ledger::KafkaEvent done(rd_kafka_queue_poll(queue.get(), kFlushMs));
    if (!done || rd_kafka_event_error(done.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
        throw std::runtime_error("the records were not deleted");
    const auto* deleted =
        rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(done.get()));
    if (deleted->elems[0].err != RD_KAFKA_RESP_ERR_NO_ERROR)
        throw std::runtime_error(rd_kafka_err2str(deleted->elems[0].err));
}

}  // namespace quipu::e2e
