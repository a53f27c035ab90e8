#include "server/log_source.h"

#include <fmt/format.h>

#include "ledger/log/embedded_log.h"
#include "ledger/log/kafka_log.h"
#include "ledger/log/log_errors.h"
#include "server/data_folder.h"

namespace quipu::server {
namespace {

using base::Result;
using ledger::EmbeddedLog;
using ledger::KafkaLog;

constexpr std::uint32_t kDefaultPartitions = 4;

ledger::KafkaLogOptions kafka_options(const LogSource& source) {
    ledger::KafkaLogOptions options;
    options.brokers = source.brokers;
    options.prefix = source.prefix;
    options.event_partitions = kDefaultPartitions;
    return options;
}

template <typename Adapter>
Result<std::unique_ptr<ledger::Log>> as_log(Result<std::unique_ptr<Adapter>> opened) {
    if (!opened) return tl::unexpected(opened.error());
    return std::unique_ptr<ledger::Log>(std::move(*opened));
}

Result<std::optional<std::uint32_t>> kafka_partitions(const LogSource& source) {
    auto partitions = KafkaLog::event_partitions(kafka_options(source));
    if (!partitions && partitions.error().code == ledger::kLogUnavailable) {
        return base::fail(ledger::kLogUnavailable,
                          fmt::format("The brokers at {} cannot be asked: {}.", source.brokers,
                                      partitions.error().message));
    }
    return partitions;
}

}  // namespace

Result<std::unique_ptr<ledger::Log>> open_for_reading(const LogSource& source) {
    if (source.brokers.empty()) return as_log(EmbeddedLog::open_read_only(log_folder(source.data)));
    ledger::KafkaLogOptions options = kafka_options(source);
    const auto partitions = kafka_partitions(source);
    if (!partitions) return tl::unexpected(partitions.error());
    if (!*partitions) {
        return base::fail(
            ledger::kLogMissing,
            fmt::format("There is no topic {}.", kafka_topic_name(options, ledger::Topic::Events)));
    }
    options.event_partitions = **partitions;
    return as_log(KafkaLog::open(options));
}

Result<ExistingLog> look_at(const LogSource& source) {
    ExistingLog existing;
    if (!source.brokers.empty()) {
        const auto partitions = kafka_partitions(source);
        if (!partitions) return tl::unexpected(partitions.error());
        existing.partitions = *partitions;
        return existing;
    }
    const auto log = EmbeddedLog::open_read_only(log_folder(source.data));
    if (log) {
        existing.partitions = (*log)->partitions(ledger::Topic::Events);
        existing.last_recorded_at = (*log)->last_recorded_at();
    } else if (log.error().code != ledger::kLogMissing) {
        return tl::unexpected(log.error());
    }
    return existing;
}

Result<std::unique_ptr<ledger::Log>> open_for_writing(const LogSource& source,
                                                      std::uint32_t partitions,
                                                      ledger::Clock& clock) {
    if (source.brokers.empty()) {
        ledger::EmbeddedLogOptions options;
        options.directory = log_folder(source.data);
        options.event_partitions = partitions;
        return as_log(EmbeddedLog::open(options, clock));
    }
    ledger::KafkaLogOptions options = kafka_options(source);
    options.event_partitions = partitions;
    return as_log(KafkaLog::open(options));
}

std::vector<ledger::Partition> folded_partitions(const ledger::Log& log) {
    std::vector<ledger::Partition> partitions{{ledger::Topic::Control, 0}};
    for (std::uint32_t index = 0; index < log.partitions(ledger::Topic::Events); ++index) {
        partitions.push_back({ledger::Topic::Events, index});
    }
    return partitions;
}

}  // namespace quipu::server
