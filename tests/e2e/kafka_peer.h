// A producer of someone else's: writes to any partition of a topic with plain librdkafka, and cuts
// one off at its beginning.
#pragma once

#include <cstdint>
#include <string>

#include "ledger/log/kafka_handles.h"
#include "ledger/log/log.h"

namespace quipu::e2e {

// One thread.
class KafkaPeer {
public:
    explicit KafkaPeer(const std::string& brokers);

    // Returns when the brokers have it; throws when they do not take it.
    void produce(const std::string& topic, std::int32_t partition, const ledger::NewRecord& record);
    // As a topic's retention does: the records before `offset` are gone. Throws when they are not.
    void delete_before(const std::string& topic, std::int32_t partition, ledger::Offset offset);

private:
    ledger::KafkaClient client_;
};

}  // namespace quipu::e2e
