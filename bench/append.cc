// How fast the logs append and read, beside what the same machine does without our code.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>

#include "append_load.h"
#include "kafka_ceiling.h"
#include "ledger/log/embedded_log.h"
#include "ledger/log/kafka_log.h"
#include "raw_writes.h"

namespace {

using namespace quipu;

constexpr ledger::Partition kPartition{ledger::Topic::Events, 0};
constexpr std::size_t kAppenders[] = {1, 4, 16, 64, 1'024, 8'192};

struct Settings {
    std::string directory;
    std::string brokers;
    std::size_t records = 200'000;
    std::size_t size = 200;
    double seconds = 3;  // roughly, per row
};

// Counts how often it is asked, which the embedded log does once per group.
class CountingClock final : public ledger::Clock {
public:
    base::Instant now() override {
        ++calls;
        const auto since = std::chrono::system_clock::now().time_since_epoch();
        return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
    }
    std::atomic<std::size_t> calls = 0;
};

bench::Send send_to(ledger::Log& log, std::size_t size) {
    return [&log, size](std::size_t number, std::function<void()> done) {
        std::vector<ledger::Append> batch;
        batch.push_back({kPartition, bench::make_record(number, size),
                         [done = std::move(done)](const base::Result<ledger::Offset>& at) {
                             if (!at) {
                                 fmt::print(stderr, "{}: {}\n", at.error().code.text(),
                                            at.error().message);
                                 std::exit(1);
                             }
                             done();
                         }});
        log.append(std::move(batch));
    };
}

// So many records that the row takes about as long as asked, at most all.
std::size_t records_for(const Settings& settings, std::size_t appenders, const bench::Send& send) {
    const bench::LoadResult trial = bench::run_load(20 * appenders, appenders, send);
    const auto wanted = static_cast<std::size_t>(trial.records_per_second() * settings.seconds);
    return std::clamp(wanted, appenders, settings.records);
}

std::unique_ptr<ledger::EmbeddedLog> open_embedded(const Settings& settings, ledger::Clock& clock) {
    ledger::EmbeddedLogOptions options;
    options.directory = settings.directory;
    auto log = ledger::EmbeddedLog::open(options, clock);
    if (!log) {
        fmt::print(stderr, "{}: {}\n", log.error().code.text(), log.error().message);
        std::exit(1);
    }
    return std::move(*log);
}

void bench_embedded(const Settings& settings) {
    CountingClock clock;
    {
        const auto log = open_embedded(settings, clock);
        const bench::Send send = send_to(*log, settings.size);
        for (const std::size_t appenders : kAppenders) {
            const std::size_t records = records_for(settings, appenders, send);
            clock.calls = 0;
            const auto result = bench::run_load(records, appenders, send);
            bench::print_result("embedded", appenders, result);
            const std::size_t groups = clock.calls;
            const double raw = bench::time_synced_writes(settings.directory, groups,
                                                         records * settings.size / groups);
            fmt::print(
                "  ceiling: {} synced writes of {} records: {:.0f} records/s, {:.0f} us "
                "each; the log reaches {:.0f} %\n",
                groups, records / groups, static_cast<double>(records) / raw,
                raw * 1e6 / static_cast<double>(groups), 100 * raw / result.seconds);
        }
    }
    // Opened again, so that nothing comes from the tail in memory.
    const auto log = open_embedded(settings, clock);
    bench::print_result("embedded, read (first)", 0, bench::read_all(*log, kPartition));
    bench::print_result("embedded, read (again)", 0, bench::read_all(*log, kPartition));
}

void bench_kafka(const Settings& settings) {
    ledger::KafkaLogOptions options;
    options.brokers = settings.brokers;
    options.prefix =
        fmt::format("bench-{}", std::chrono::steady_clock::now().time_since_epoch().count());
    const auto log = ledger::KafkaLog::open(options);
    if (!log) {
        fmt::print(stderr, "{}: {}\n", log.error().code.text(), log.error().message);
        std::exit(1);
    }
    const bench::Send send = send_to(**log, settings.size);
    for (const std::size_t appenders : kAppenders) {
        const std::size_t records = records_for(settings, appenders, send);
        const auto result = bench::run_load(records, appenders, send);
        bench::print_result("kafka", appenders, result);
        const auto raw = bench::produce_without_log(options, records, appenders, settings.size);
        bench::print_result("  ceiling: librdkafka", appenders, raw);
    }
    bench::print_result("kafka, read", 0, bench::read_all(**log, kPartition));
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    CLI::App app("Appends to the logs from 1 to 8192 concurrent appenders, then reads it all.");
    app.add_option("--dir", settings.directory, "An empty folder: measures the embedded log there");
    app.add_option("--kafka", settings.brokers, "host:port: measures the Kafka log there");
    app.add_option("--records", settings.records, "Most records per row")->capture_default_str();
    app.add_option("--size", settings.size, "Bytes per record")->capture_default_str();
    app.add_option("--seconds", settings.seconds, "About this long per row")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    if (settings.directory.empty() && settings.brokers.empty()) {
        fmt::print(stderr, "--dir or --kafka says what to measure\n");
        return 2;
    }
    bench::print_header();
    if (!settings.directory.empty()) bench_embedded(settings);
    if (!settings.brokers.empty()) bench_kafka(settings);
}
