#include "kafka_ceiling.h"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <thread>

#include "ledger/log/kafka_config.h"

namespace quipu::bench {
namespace {

void on_delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) noexcept {
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) std::abort();
    const std::unique_ptr<std::function<void()>> done(
        static_cast<std::function<void()>*>(message->_private));
    (*done)();
}

}  // namespace

LoadResult produce_without_log(const ledger::KafkaLogOptions& options, std::size_t records,
                               std::size_t appenders, std::size_t size) {
    auto conf = ledger::kafka_producer_conf(options);
    if (!conf) std::abort();
    rd_kafka_conf_set_dr_msg_cb(conf->get(), on_delivered);
    const auto made = ledger::new_kafka_client(RD_KAFKA_PRODUCER, std::move(*conf));
    if (!made) std::abort();
    const ledger::KafkaClient client(*made);
    const std::string name = ledger::kafka_topic_name(options, ledger::Topic::Events);
    const ledger::KafkaTopic topic(rd_kafka_topic_new(client.get(), name.c_str(), nullptr));
    std::atomic<bool> stop = false;
    std::thread poller([&] {
        while (!stop) rd_kafka_poll(client.get(), 100);
    });
    const auto send = [&](std::size_t number, std::function<void()> done) {
        ledger::NewRecord record = make_record(number, size);
        auto owned = std::make_unique<std::function<void()>>(std::move(done));
        if (rd_kafka_produce(topic.get(), 0, RD_KAFKA_MSG_F_COPY, record.value.data(),
                             record.value.size(), record.key.data(), record.key.size(),
                             owned.get()) != 0) {
            std::abort();
        }
        static_cast<void>(owned.release());  // the delivery report owns it now
    };
    static_cast<void>(run_load(appenders, appenders, send));  // connects
    const LoadResult result = run_load(records, appenders, send);
    stop = true;
    poller.join();
    return result;
}

}  // namespace quipu::bench
