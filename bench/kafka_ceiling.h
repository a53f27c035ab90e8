// The ceiling of the Kafka log: the same load on librdkafka without our code.
#pragma once

#include "append_load.h"
#include "ledger/log/kafka_options.h"

namespace quipu::bench {

// Same producer settings and topic as the log's; `size` bytes per record.
[[nodiscard]] LoadResult produce_without_log(const ledger::KafkaLogOptions& options,
                                             std::size_t records, std::size_t appenders,
                                             std::size_t size);

}  // namespace quipu::bench
