#include "e2e/ledger_test.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string_view>

#include "ledger/log/embedded_log.h"
#include "ledger/log/kafka_broker.h"
#include "ledger/log/kafka_log.h"

namespace quipu::e2e {
namespace {

bool kafka_is_required() {
    const char* const required = std::getenv("QUIPU_REQUIRE_KAFKA");
    return required != nullptr && std::string_view(required) == "1";
}

std::string unused_prefix() {
    static std::atomic<int> number = 0;
    return "e2e" + std::to_string(getpid()) + "-" + std::to_string(++number);
}

}  // namespace

void PrintTo(LogKind kind, std::ostream* out) {
    *out << (kind == LogKind::Kafka ? "kafka" : "embedded");
}

std::string name_of(const ::testing::TestParamInfo<LogKind>& info) {
    return info.param == LogKind::Kafka ? "kafka" : "embedded";
}

void LedgerTest::SetUp() {
    kind_ = GetParam();
    if (kind_ == LogKind::Embedded) return;
    const auto broker = ledger::KafkaBroker::shared();
    if (!broker && kafka_is_required()) FAIL() << "no broker: " << broker.error().message;
    if (!broker) GTEST_SKIP() << "no broker: " << broker.error().message;
    brokers_ = (*broker)->address();
    prefix_ = unused_prefix();
}

std::unique_ptr<ServerProcess> LedgerTest::make_server(const std::string& name,
                                                       ServerSettings settings) {
    settings.log = kind_;
    settings.data = folder() / name;
    settings.brokers = brokers_;
    settings.prefix = prefix_;
    return std::make_unique<ServerProcess>(std::move(settings));
}

std::unique_ptr<ledger::Log> open_log(const ServerProcess& server) {
    if (server.settings().log == LogKind::Embedded) {
        auto log = ledger::EmbeddedLog::open_read_only(server.log());
        if (!log) throw std::runtime_error(log.error().message);
        return std::move(*log);
    }
    ledger::KafkaLogOptions options;
    options.brokers = server.settings().brokers;
    options.prefix = server.settings().prefix;
    options.event_partitions = static_cast<std::uint32_t>(server.settings().partitions);
    auto log = ledger::KafkaLog::open(options);
    if (!log) throw std::runtime_error(log.error().message);
    return std::move(*log);
}

std::vector<ledger::StoredRecord> read_log(ledger::Log& log, ledger::Partition partition) {
    const auto end = log.end(partition);
    if (!end) throw std::runtime_error(end.error().message);
    ledger::WakingReader reader(log, partition, 0);
    std::vector<ledger::StoredRecord> records;
    while (records.empty() ? *end > 0 : records.back().offset + 1 < *end) {
        const auto moved = reader.reader().poll(1'000, records);
        if (!moved) throw std::runtime_error(moved.error().message);
        if (*moved == 0 && !reader.wait_for_wake()) break;
    }
    return records;
}

std::string digest(const ServerProcess& server) {
    const Ran ran = run_quipu({"digest", "--data", server.settings().data.string()});
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ran.out;
}

std::string replayed_digest(const ServerProcess& server, const std::filesystem::path& into) {
    std::vector<std::string> arguments{"replay", "--into", into.string()};
    const ServerSettings& settings = server.settings();
    if (settings.log == LogKind::Embedded) {
        arguments.insert(arguments.end(), {"--from-data", settings.data.string()});
    } else {
        arguments.insert(arguments.end(),
                         {"--kafka-brokers", settings.brokers, "--topic-prefix", settings.prefix});
    }
    const Ran ran = run_quipu(arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ran.out;
}

}  // namespace quipu::e2e
