#include "ledger/log/kafka_producer.h"

#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>
#include <utility>

#include "ledger/log/kafka_config.h"
#include "ledger/log/log_errors.h"
#include "ledger/log/partition_layout.h"

namespace quipu::ledger {
namespace {

constexpr int kPollMs = 100;  // also how soon a fatal error is seen
constexpr std::chrono::seconds kReplacePause{1};

base::Error delivery_error(const rd_kafka_message_t& message) {
    const std::string text = rd_kafka_err2str(message.err);
    if (rd_kafka_message_status(&message) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED) {
        return log_error(kLogUnavailable, text);
    }
    return log_error(kOutcomeUnknown, "the record may have been written: " + text);
}

// No exception may pass through librdkafka: `done` must not throw, and noexcept makes that final.
void on_delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) noexcept {
    const std::unique_ptr<Appended> done(static_cast<Appended*>(message->_private));
    if (!done) return;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        (*done)(tl::unexpected(delivery_error(*message)));
    } else if (message->offset < 0) {
        // A retry that the broker knew already, but no longer where.
        (*done)(tl::unexpected(log_error(kOutcomeUnknown, "the broker did not tell the offset")));
    } else {
        (*done)(message->offset);
    }
}

base::Error refusal(rd_kafka_resp_err_t code) {
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        return log_error(kLogOverloaded, "too many records wait to be delivered");
    }
    return log_error(kLogUnavailable, rd_kafka_err2str(code));
}

KafkaHeaders headers_of(const NewRecord& record) {
    KafkaHeaders headers(rd_kafka_headers_new(record.headers.size()));
    for (const Header& header : record.headers) {
        rd_kafka_header_add(headers.get(), header.name.data(),
                            static_cast<ssize_t>(header.name.size()), header.value.data(),
                            static_cast<ssize_t>(header.value.size()));
    }
    return headers;
}

// A parameter of rd_kafka_produceva.
rd_kafka_vu_t parameter(rd_kafka_vtype_t type) {
    rd_kafka_vu_t value{};
    value.vtype = type;
    return value;
}

rd_kafka_vu_t bytes_parameter(rd_kafka_vtype_t type, const std::string& bytes) {
    rd_kafka_vu_t value = parameter(type);
    value.u.mem.ptr = const_cast<char*>(bytes.data());  // copied by librdkafka, never written
    value.u.mem.size = bytes.size();
    return value;
}

}  // namespace

base::Result<std::unique_ptr<KafkaProducer>> KafkaProducer::start(const KafkaLogOptions& options) {
    auto generation = make_generation(options);
    if (!generation) return tl::unexpected(generation.error());
    std::unique_ptr<KafkaProducer> producer(new KafkaProducer(options));
    producer->generation_ = std::move(*generation);
    producer->poller_ = std::thread([self = producer.get()] { self->run(); });
    return producer;
}

base::Result<KafkaProducer::Generation> KafkaProducer::make_generation(
    const KafkaLogOptions& options) {
    auto conf = kafka_producer_conf(options);
    if (!conf) return tl::unexpected(conf.error());
    rd_kafka_conf_set_dr_msg_cb(conf->get(), on_delivered);
    auto client = new_kafka_client(RD_KAFKA_PRODUCER, std::move(*conf));
    if (!client) return tl::unexpected(client.error());
    Generation generation{KafkaClient(*client), {}};
    for (const Topic topic : kTopics) {
        const std::string name = kafka_topic_name(options, topic);
        generation.topics[static_cast<std::size_t>(topic)].reset(
            rd_kafka_topic_new(*client, name.c_str(), nullptr));
    }
    return generation;
}

KafkaProducer::~KafkaProducer() {
    stopping_ = true;
    poller_.join();
    rd_kafka_flush(generation_.client.get(), static_cast<int>(options_.delivery_timeout.count()));
    drain(generation_.client.get());
}

void KafkaProducer::append(std::vector<Append> batch) {
    std::optional<base::Error> refused;
    std::size_t produced = 0;
    {
        const std::shared_lock lock(generation_mutex_);
        for (; produced < batch.size(); ++produced) {
            refused = produce(batch[produced]);
            if (refused) break;
        }
    }
    // What follows a refused record is refused too, so that order holds.
    for (; produced < batch.size(); ++produced) {
        if (batch[produced].done) batch[produced].done(tl::unexpected(*refused));
    }
}

std::optional<base::Error> KafkaProducer::produce(Append& append) {
    const NewRecord& record = append.record;
    KafkaHeaders headers;
    std::array<rd_kafka_vu_t, 7> parameters;
    std::size_t count = 0;
    parameters[count] = parameter(RD_KAFKA_VTYPE_RKT);
    parameters[count++].u.rkt =
        generation_.topics[static_cast<std::size_t>(append.partition.topic)].get();
    parameters[count] = parameter(RD_KAFKA_VTYPE_PARTITION);
    parameters[count++].u.i32 = static_cast<std::int32_t>(append.partition.index);
    parameters[count] = parameter(RD_KAFKA_VTYPE_MSGFLAGS);
    parameters[count++].u.i = RD_KAFKA_MSG_F_COPY;
    parameters[count++] = bytes_parameter(RD_KAFKA_VTYPE_KEY, record.key);
    parameters[count++] = bytes_parameter(RD_KAFKA_VTYPE_VALUE, record.value);
    if (!record.headers.empty()) {
        headers = headers_of(record);
        parameters[count] = parameter(RD_KAFKA_VTYPE_HEADERS);
        parameters[count++].u.headers = headers.get();
    }
    std::unique_ptr<Appended> done;
    if (append.done) {
        done = std::make_unique<Appended>(std::move(append.done));
        parameters[count] = parameter(RD_KAFKA_VTYPE_OPAQUE);
        parameters[count++].u.ptr = done.get();
    }
    const KafkaError error(rd_kafka_produceva(generation_.client.get(), parameters.data(), count));
    if (error) {
        if (done) append.done = std::move(*done);
        return refusal(rd_kafka_error_code(error.get()));
    }
    static_cast<void>(headers.release());  // the message owns them now,
    static_cast<void>(done.release());     // and the delivery report this
    return std::nullopt;
}

void KafkaProducer::run() {
    while (!stopping_) {
        // Only this thread replaces the generation, so it may read it without the lock.
        rd_kafka_t* client = generation_.client.get();
        rd_kafka_poll(client, kPollMs);
        char reason[512];
        const auto fatal = rd_kafka_fatal_error(client, reason, sizeof reason);
        if (fatal == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
        std::fprintf(stderr, "kafka log: making a new producer after %s: %s\n",
                     rd_kafka_err2name(fatal), reason);
        replace();
    }
}

void KafkaProducer::replace() {
    auto next = make_generation(options_);
    if (!next) {  // no threads or memory for a client: answer what waits, try again later
        std::fprintf(stderr, "kafka log: %s\n", next.error().message.c_str());
        drain(generation_.client.get());
        std::this_thread::sleep_for(kReplacePause);
        return;
    }
    {
        const std::unique_lock lock(generation_mutex_);
        std::swap(generation_, *next);
    }
    ++restarts_;
    drain(next->client.get());
}

// Has everything that `client` still holds answered: what was sent may have been written.
void KafkaProducer::drain(rd_kafka_t* client) {
    rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (rd_kafka_outq_len(client) > 0) rd_kafka_poll(client, kPollMs);
}

void KafkaProducer::raise_fatal_error() {
    const std::shared_lock lock(generation_mutex_);
    rd_kafka_test_fatal_error(generation_.client.get(),
                              RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "raised by a test");
}

}  // namespace quipu::ledger
