#include "ledger/log/kafka_topics.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <thread>

#include "ledger/log/kafka_config.h"
#include "ledger/log/log_errors.h"
#include "ledger/log/partition_layout.h"

namespace quipu::ledger {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLeaderPause{50};
constexpr char kTimestampType[] = "message.timestamp.type";
constexpr char kAppendTime[] = "LogAppendTime";

base::Error unavailable(rd_kafka_resp_err_t code) {
    return log_error(kLogUnavailable, rd_kafka_err2str(code));
}

int millis(std::chrono::milliseconds duration) {
    return static_cast<int>(duration.count());
}

const rd_kafka_ConfigEntry_t* find_entry(const rd_kafka_ConfigResource_t* resource,
                                         std::string_view name) {
    std::size_t count = 0;
    const auto* const* entries = rd_kafka_ConfigResource_configs(resource, &count);
    for (std::size_t i = 0; i < count; ++i) {
        if (rd_kafka_ConfigEntry_name(entries[i]) == name) return entries[i];
    }
    return nullptr;
}

}  // namespace

std::string kafka_topic_name(const KafkaLogOptions& options, Topic topic) {
    static constexpr const char* kSuffixes[] = {".events", ".control", ".invoices", ".deadletter",
                                                ".notifications"};
    return options.prefix + kSuffixes[static_cast<std::size_t>(topic)];
}

base::Result<KafkaTopics> KafkaTopics::connect(const KafkaLogOptions& options) {
    auto conf = kafka_admin_conf(options);
    if (!conf) return tl::unexpected(conf.error());
    // A producer's question for a missing topic would have some brokers make it, with their
    // defaults.
    auto client = new_kafka_client(RD_KAFKA_CONSUMER, std::move(*conf));
    if (!client) return tl::unexpected(client.error());
    return KafkaTopics(options, KafkaClient(*client));
}

base::Result<void> KafkaTopics::ensure() {
    const auto deadline = SteadyClock::now() + options_.start_timeout;
    const PartitionLayout layout(options_.event_partitions);
    for (const Topic topic : kTopics) {
        auto ready = leaders(topic);
        if (ready && *ready < 0) {
            if (auto created = create(topic); !created) return created;
        }
        while (!ready || *ready < static_cast<int>(layout.count(topic))) {
            if (!ready && ready.error().code != kLogUnavailable) {
                return tl::unexpected(ready.error());
            }
            if (SteadyClock::now() > deadline) {
                return tl::unexpected(log_error(
                    kLogUnavailable,
                    "no leader for every partition of " + kafka_topic_name(options_, topic)));
            }
            std::this_thread::sleep_for(kLeaderPause);
            ready = leaders(topic);
        }
        if (auto checked = check_timestamps(topic); !checked) return checked;
    }
    return {};
}

base::Result<KafkaMetadata> KafkaTopics::describe(Topic topic) const {
    const std::string name = kafka_topic_name(options_, topic);
    const KafkaTopic handle(rd_kafka_topic_new(client_.get(), name.c_str(), nullptr));
    const rd_kafka_metadata_t* answer = nullptr;
    const auto code =
        rd_kafka_metadata(client_.get(), 0, handle.get(), &answer, millis(options_.query_timeout));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return tl::unexpected(unavailable(code));
    KafkaMetadata metadata(answer);
    if (metadata->topic_cnt != 1) return KafkaMetadata();
    const rd_kafka_metadata_topic_t& found = metadata->topics[0];
    if (found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return KafkaMetadata();
    if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR && found.partition_cnt == 0) {
        return tl::unexpected(unavailable(found.err));
    }
    return metadata;
}

base::Result<std::optional<std::uint32_t>> KafkaTopics::event_partitions() const {
    const auto deadline = SteadyClock::now() + options_.start_timeout;
    auto metadata = describe(Topic::Events);
    while (!metadata && SteadyClock::now() < deadline) {
        std::this_thread::sleep_for(kLeaderPause);
        metadata = describe(Topic::Events);
    }
    if (!metadata) return tl::unexpected(metadata.error());
    if (!*metadata) return std::nullopt;
    return static_cast<std::uint32_t>((*metadata)->topics[0].partition_cnt);
}

base::Result<int> KafkaTopics::leaders(Topic topic) const {
    const auto metadata = describe(topic);
    if (!metadata) return tl::unexpected(metadata.error());
    if (!*metadata) return -1;
    const std::string name = kafka_topic_name(options_, topic);
    const rd_kafka_metadata_topic_t& found = (*metadata)->topics[0];
    const auto wanted = static_cast<int>(PartitionLayout(options_.event_partitions).count(topic));
    if (found.partition_cnt != wanted) {
        return tl::unexpected(log_error(
            kPartitionsDiffer, "topic " + name + " has " + std::to_string(found.partition_cnt) +
                                   " partitions, not " + std::to_string(wanted)));
    }
    int with_leader = 0;
    for (int i = 0; i < found.partition_cnt; ++i) {
        with_leader += found.partitions[i].leader >= 0 ? 1 : 0;
    }
    return with_leader;
}

base::Result<void> KafkaTopics::create(Topic topic) const {
    const std::string name = kafka_topic_name(options_, topic);
    char reason[512] = "";
    const auto partitions = PartitionLayout(options_.event_partitions).count(topic);
    const KafkaNewTopic wanted(rd_kafka_NewTopic_new(name.c_str(), static_cast<int>(partitions),
                                                     options_.replication_factor, reason,
                                                     sizeof reason));
    if (!wanted) return tl::unexpected(log_error(kLogMisconfigured, reason));
    rd_kafka_NewTopic_set_config(wanted.get(), kTimestampType, kAppendTime);
    rd_kafka_NewTopic_set_config(wanted.get(), "cleanup.policy", "delete");
    rd_kafka_NewTopic_set_config(wanted.get(), "max.message.bytes", "6291456");
    if (topic == Topic::Events || topic == Topic::Control) {
        rd_kafka_NewTopic_set_config(wanted.get(), "retention.ms", "-1");
        rd_kafka_NewTopic_set_config(wanted.get(), "retention.bytes", "-1");
    }
    const KafkaQueue queue(rd_kafka_queue_new(client_.get()));
    rd_kafka_NewTopic_t* topics[] = {wanted.get()};
    rd_kafka_CreateTopics(client_.get(), topics, 1, nullptr, queue.get());
    const KafkaEvent event(rd_kafka_queue_poll(queue.get(), millis(options_.start_timeout)));
    if (!event) return tl::unexpected(unavailable(RD_KAFKA_RESP_ERR__TIMED_OUT));
    if (const auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(unavailable(code));
    }
    std::size_t count = 0;
    const auto* const* results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event.get()), &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto code = rd_kafka_topic_result_error(results[i]);
        // Another process may have been faster.
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
            continue;
        }
        const char* text = rd_kafka_topic_result_error_string(results[i]);
        return tl::unexpected(
            log_error(kLogUnavailable, "topic " + name + " cannot be made: " +
                                           (text != nullptr ? text : rd_kafka_err2str(code))));
    }
    return {};
}

// The record's stamp is the ledger's clock, so it must be the log's and not the producer's.
base::Result<void> KafkaTopics::check_timestamps(Topic topic) const {
    const std::string name = kafka_topic_name(options_, topic);
    const KafkaConfigResource resource(
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
    const KafkaQueue queue(rd_kafka_queue_new(client_.get()));
    rd_kafka_ConfigResource_t* resources[] = {resource.get()};
    rd_kafka_DescribeConfigs(client_.get(), resources, 1, nullptr, queue.get());
    const KafkaEvent event(rd_kafka_queue_poll(queue.get(), millis(options_.start_timeout)));
    if (!event) return tl::unexpected(unavailable(RD_KAFKA_RESP_ERR__TIMED_OUT));
    const auto code = rd_kafka_event_error(event.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return tl::unexpected(unavailable(code));
    std::size_t count = 0;
    const auto* const* described = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event.get()), &count);
    const auto* entry = count == 1 ? find_entry(described[0], kTimestampType) : nullptr;
    const char* value = entry != nullptr ? rd_kafka_ConfigEntry_value(entry) : nullptr;
    if (value != nullptr && std::string_view(value) != kAppendTime) {
        return tl::unexpected(log_error(kLogMisconfigured, "topic " + name + " needs " +
                                                               kTimestampType + "=" + kAppendTime +
                                                               ", but has " + value));
    }
    return {};
}

// A broker that has just started may answer that it does not lead the partition, and librdkafka
// hands that on; until the time is up it is asked again.
base::Result<Offset> KafkaTopics::end(Partition partition) const {
    const auto deadline = SteadyClock::now() + options_.query_timeout;
    while (true) {
        const auto left = std::max(std::chrono::milliseconds::zero(),
                                   std::chrono::duration_cast<std::chrono::milliseconds>(
                                       deadline - SteadyClock::now()));  // -1 has no end
        std::int64_t low = 0;
        std::int64_t high = 0;
        const auto code = rd_kafka_query_watermark_offsets(
            client_.get(), kafka_topic_name(options_, partition.topic).c_str(),
            static_cast<std::int32_t>(partition.index), &low, &high, millis(left));
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return high;
        const bool passes = code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
                            code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
        if (!passes || SteadyClock::now() + kLeaderPause > deadline)
            return tl::unexpected(unavailable(code));
        std::this_thread::sleep_for(kLeaderPause);
    }
}

}  // namespace quipu::ledger
