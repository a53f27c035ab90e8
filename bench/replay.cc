// How fast a state is rebuilt from the embedded log: read, decode, fold, write behind.
//
//   bench_replay [events] [customers]
//
// The ceiling, measured in the same run: reading the same log and folding nothing.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "ingest/record_decoder.h"
#include "ledger/log/embedded_log.h"
#include "ledger_load.h"
#include "projections/account_fold.h"
#include "projections/partition_runner.h"
#include "projections/store/rocksdb_store.h"

namespace {

using namespace quipu;

constexpr ledger::Partition kEvents{ledger::Topic::Events, 0};

struct StillClock final : ledger::Clock {
    base::Instant now() override { return {1'767'225'600'000'000}; }
};

struct NullAnswers final : projections::AnswerSink {
    void answered(const projections::Answer&) override { ++count; }
    std::uint64_t count = 0;
};

}  // namespace

namespace {

void run(const bench::LoadOptions& options, const std::filesystem::path& folder) {
    StillClock clock;
    {
        auto log = ledger::EmbeddedLog::open({.directory = folder / "log"}, clock).value();
        bench::fill(*log, options);
    }
    auto log = ledger::EmbeddedLog::open_read_only(folder / "log").value();
    const ledger::Offset end = log->end(kEvents).value();
    const double ceiling = bench::read_seconds(*log, end);

    projections::RocksdbMemory memory;
    auto store = projections::open_rocksdb_store((folder / "state").string(), memory).value();
    projections::AccountFold fold(kEvents, *store, ingest::record_decoder());
    NullAnswers answers;
    projections::RunnerOptions runner_options;
    runner_options.keep_outbox = false;
    projections::PartitionRunner runner(kEvents, *log, *store, fold, nullptr, answers,
                                        runner_options);
    if (!runner.start([] {})) std::abort();
    std::vector<double> slices;
    const double began = bench::wall_seconds();
    const double cpu = bench::process_cpu_seconds();
    while (runner.next_offset() < end) {
        const double slice = bench::wall_seconds();
        const ledger::Offset before = runner.next_offset();
        if (!runner.drain()) std::abort();
        const auto folded = static_cast<double>(runner.next_offset() - before);
        if (folded > 0) slices.push_back((bench::wall_seconds() - slice) * 1e6 / folded);
    }
    if (!runner.flush()) std::abort();
    const double took = bench::wall_seconds() - began;
    const double used = bench::process_cpu_seconds() - cpu;
    std::ranges::sort(slices);
    const auto at = [&](double share) {
        return slices[static_cast<std::size_t>(share * static_cast<double>(slices.size() - 1))];
    };
    const auto records = static_cast<double>(end);
    fmt::print("ceiling (read the log only)  {:>9.0f} events/s\n", records / ceiling);
    fmt::print(
        "replay                       {:>9.0f} events/s  {:>5.2f} CPU us/event  p50 {:.2f} us  p99 "
        "{:.2f} us  {:.0f} % of the ceiling\n",
        records / took, used * 1e6 / records, at(0.5), at(0.99), 100 * ceiling / took);
}

}  // namespace

int main(int argc, char** argv) {
    bench::LoadOptions options;
    if (argc > 1) options.events = std::stoull(argv[1]);
    if (argc > 2) options.customers = static_cast<std::uint32_t>(std::stoul(argv[2]));
    const std::filesystem::path folder = "/tmp/quipu-bench-replay";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    run(options, folder);
    std::filesystem::remove_all(folder);  // when the store is closed: it writes behind
}
