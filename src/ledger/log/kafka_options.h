// How the Kafka log reaches its brokers and what it allows itself.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ledger/log/log.h"

namespace quipu::ledger {

struct KafkaLogOptions {
    std::string brokers;  // host:port, comma-separated
    std::string prefix = "quipu";
    std::uint32_t event_partitions = 1;  // 1 to 4096; that of the topic, if it exists
    int replication_factor = 1;          // of topics made here
    // An append is answered after at most about this long.
    std::chrono::milliseconds delivery_timeout{10'000};
    // How long opening may wait for brokers, topics and leaders.
    std::chrono::milliseconds start_timeout{30'000};
    // How long end() and read() may wait for a broker.
    std::chrono::milliseconds query_timeout{5'000};
    // What may wait for delivery.
    std::size_t queue_records = 65'536;
    std::size_t queue_bytes = std::size_t{32} << 20;
    // Further librdkafka settings for every client, e.g. security.protocol; they win over ours.
    std::vector<std::pair<std::string, std::string>> client;
};

// `<prefix>.events`, `.control`, `.invoices`, `.deadletter`.
[[nodiscard]] std::string kafka_topic_name(const KafkaLogOptions& options, Topic topic);

}  // namespace quipu::ledger
