// Appends through an idempotent producer; answers come from delivery reports only.
//
// A fatal producer error is a normal path: librdkafka can raise one after a mere time-out. The
// producer is drained (what was in flight is answered `outcome_unknown`) and made anew.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "ledger/log/kafka_handles.h"
#include "ledger/log/kafka_options.h"
#include "ledger/log/log.h"
#include "ledger/log/partition_layout.h"

namespace quipu::ledger {

// append() from any thread; `done` runs on the producer's own thread, or on the caller's when the
// record is refused at once. Destruction waits for deliveries, at most the delivery timeout.
class KafkaProducer {
public:
    // Error code: `log_misconfigured`.
    [[nodiscard]] static base::Result<std::unique_ptr<KafkaProducer>> start(
        const KafkaLogOptions& options);
    ~KafkaProducer();
    KafkaProducer(const KafkaProducer&) = delete;
    KafkaProducer& operator=(const KafkaProducer&) = delete;

    void append(std::vector<Append> batch);

    // How often a fatal error has made a new producer necessary.
    [[nodiscard]] std::uint64_t restarts() const { return restarts_; }

    // For tests: makes librdkafka raise a fatal error.
    void raise_fatal_error();

private:
    // A client and its topics, by number; they are replaced together.
    struct Generation {
        KafkaClient client;
        std::array<KafkaTopic, std::size(kTopics)> topics;  // by number
    };

    explicit KafkaProducer(const KafkaLogOptions& options) : options_(options) {}

    [[nodiscard]] static base::Result<Generation> make_generation(const KafkaLogOptions& options);
    [[nodiscard]] std::optional<base::Error> produce(Append& append);
    void run();
    void replace();
    void drain(rd_kafka_t* client);

    const KafkaLogOptions options_;
    std::shared_mutex generation_mutex_;  // exclusive only to replace it
    Generation generation_;
    std::atomic<std::uint64_t> restarts_{0};
    std::atomic<bool> stopping_{false};
    std::thread poller_;
};

}  // namespace quipu::ledger
