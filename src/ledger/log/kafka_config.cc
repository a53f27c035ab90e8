#include "ledger/log/kafka_config.h"

#include <algorithm>
#include <string_view>

#include "ledger/log/log_errors.h"

namespace quipu::ledger {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

base::Result<KafkaConf> make_conf(const KafkaLogOptions& options, const Settings& own) {
    KafkaConf conf(rd_kafka_conf_new());
    Settings settings{
        {"bootstrap.servers", options.brokers}, {"client.id", "quipu"},
        {"socket.nagle.disable", "true"},       {"reconnect.backoff.ms", "50"},
        {"reconnect.backoff.max.ms", "1000"},   {"log.connection.close", "false"},
    };
    settings.insert(settings.end(), own.begin(), own.end());
    settings.insert(settings.end(), options.client.begin(), options.client.end());
    for (const auto& [name, value] : settings) {
        char reason[512];
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), reason, sizeof reason) !=
            RD_KAFKA_CONF_OK) {
            return tl::unexpected(log_error(kLogMisconfigured, reason));
        }
    }
    return conf;
}

}  // namespace

base::Result<KafkaConf> kafka_admin_conf(const KafkaLogOptions& options) {
    return make_conf(options, {});
}

base::Result<KafkaConf> kafka_producer_conf(const KafkaLogOptions& options) {
    const auto delivery_ms = options.delivery_timeout.count();
    const auto request_ms = std::clamp<std::int64_t>(delivery_ms / 2, 1'000, 30'000);
    return make_conf(options,
                     {
                         {"enable.idempotence", "true"},
                         {"acks", "all"},
                         {"linger.ms", "1"},
                         {"message.timeout.ms", std::to_string(delivery_ms)},
                         {"request.timeout.ms", std::to_string(std::min(request_ms, delivery_ms))},
                         {"retry.backoff.ms", "50"},
                         {"message.max.bytes", "5242880"},
                         {"queue.buffering.max.messages", std::to_string(options.queue_records)},
                         {"queue.buffering.max.kbytes", std::to_string(options.queue_bytes >> 10)},
                     });
}

base::Result<KafkaConf> kafka_consumer_conf(const KafkaLogOptions& options) {
    return make_conf(options, {
                                  // Required by assign(); the group is never joined nor committed.
                                  {"group.id", options.prefix + "-reader"},
                                  {"enable.auto.commit", "false"},
                                  {"enable.auto.offset.store", "false"},
                                  {"auto.offset.reset", "error"},
                                  {"check.crcs", "true"},
                                  {"fetch.wait.max.ms", "100"},
                                  {"fetch.message.max.bytes", "6291456"},
                                  {"queued.max.messages.kbytes", "32768"},
                                  // Also the pause after the local queue was full, in a replay.
                                  {"fetch.error.backoff.ms", "20"},
                              });
}

base::Result<rd_kafka_t*> new_kafka_client(rd_kafka_type_t type, KafkaConf conf) {
    char reason[512];
    rd_kafka_t* client = rd_kafka_new(type, conf.get(), reason, sizeof reason);
    if (client == nullptr) return tl::unexpected(log_error(kLogMisconfigured, reason));
    static_cast<void>(conf.release());  // the client owns it now
    return client;
}

}  // namespace quipu::ledger
