// The librdkafka settings of each kind of client.
#pragma once

#include "base/result.h"
#include "ledger/log/kafka_handles.h"
#include "ledger/log/kafka_options.h"

namespace quipu::ledger {

// Error code of all three: `log_misconfigured` (librdkafka refuses a setting).
[[nodiscard]] base::Result<KafkaConf> kafka_admin_conf(const KafkaLogOptions& options);
[[nodiscard]] base::Result<KafkaConf> kafka_producer_conf(const KafkaLogOptions& options);
[[nodiscard]] base::Result<KafkaConf> kafka_consumer_conf(const KafkaLogOptions& options);

// Makes the client, which takes `conf`. `log_misconfigured` when librdkafka refuses.
[[nodiscard]] base::Result<rd_kafka_t*> new_kafka_client(rd_kafka_type_t type, KafkaConf conf);

}  // namespace quipu::ledger
