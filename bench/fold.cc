// How fast one core folds: decoded records and stored bytes, with exact dedupe and the write-behind
// running.
//
//   bench_fold [events] [customers]
//
// The ceiling, measured in the same run: the same records looked up in hash sets and added to a
// counter, which is the least that counting each event of a customer once can cost.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/check.h"
#include "ingest/record_decoder.h"
#include "ledger_load.h"
#include "projections/account_fold.h"
#include "projections/store/rocksdb_store.h"
#include "projections/store/state_writer.h"

namespace {

using namespace quipu;

struct NullSink final : projections::FoldSink {
    void answered(const projections::Answer& answer) override {
        ++answers;
        const auto* usage = std::get_if<ledger::UsageAnswer>(&answer.outcome);
        if (usage != nullptr &&
            (usage->code == ledger::Code::Tracked || usage->code == ledger::Code::TrackedOverage))
            ++tracked;
    }
    void emit(projections::Effect) override { ++effects; }
    std::uint64_t answers = 0;
    std::uint64_t tracked = 0;
    std::uint64_t effects = 0;
};

struct Figures {
    double wall = 0;
    double cpu = 0;
    std::vector<double> batch_micros;  // per event, by batch of 1,000
};

Figures run(const bench::LoadOptions& options, bool decoded) {
    const std::string folder = "/tmp/quipu-bench-fold";
    std::filesystem::remove_all(folder);
    projections::RocksdbMemory memory;
    auto store = projections::open_rocksdb_store(folder, memory).value();

    std::vector<ledger::CommandRecord> records = bench::setup_records(options);
    const std::size_t setup = records.size();
    for (std::uint64_t n = 0; n < options.events; ++n)
        records.push_back(bench::usage_record(options, n));
    std::vector<ledger::StoredRecord> log;
    for (std::size_t at = 0; at < records.size(); ++at)
        log.push_back(bench::stored(records[at], static_cast<ledger::Offset>(at)));

    const auto decode = ingest::record_decoder();
    projections::AccountFold fold(
        {ledger::Topic::Events, 0}, *store,
        [&](const ledger::StoredRecord& record) -> base::Result<ledger::CommandRecord> {
            if (!decoded) return decode(record);
            return std::move(records[static_cast<std::size_t>(record.offset)]);
        });
    projections::StateWriter writer(*store, projections::kDefaultDedupeWindowMicros);
    NullSink sink;
    std::size_t since_write = 0;
    const auto write_behind = [&](ledger::Offset next) {
        if (const auto written = writer.written()) fold.mark_saved(written->next_offset);
        if (!writer.has_room()) return;
        projections::WriteSet set;
        fold.collect(set);
        set.position = {next, fold.clock(), {}};
        if (writer.offer(set)) since_write = 0;
    };
    const auto fold_range = [&](std::size_t from, std::size_t to) {
        for (std::size_t at = from; at < to; ++at) {
            QUIPU_CHECK(fold.fold(log[at], sink).has_value());
            if (++since_write >= 100'000) write_behind(log[at].offset + 1);
        }
    };
    fold_range(0, setup);

    Figures figures;
    const double wall = bench::wall_seconds();
    const double cpu = bench::thread_cpu_seconds();
    for (std::size_t at = setup; at < log.size(); at += 1000) {
        const double began = bench::wall_seconds();
        const std::size_t end = std::min(at + 1000, log.size());
        fold_range(at, end);
        figures.batch_micros.push_back((bench::wall_seconds() - began) * 1e6 /
                                       static_cast<double>(end - at));
    }
    figures.wall = bench::wall_seconds() - wall;
    figures.cpu = bench::thread_cpu_seconds() - cpu;
    if (sink.tracked != options.events) {
        fmt::print(stderr, "only {} of {} events were tracked\n", sink.tracked, options.events);
        std::exit(1);
    }
    return figures;
}

double ceiling(const bench::LoadOptions& options) {
    std::vector<ledger::CommandRecord> records;
    for (std::uint64_t n = 0; n < options.events; ++n)
        records.push_back(bench::usage_record(options, n));
    std::unordered_set<std::string> seen;
    seen.reserve(options.events);
    std::unordered_map<std::string, std::int64_t> totals;
    const double began = bench::wall_seconds();
    for (const ledger::CommandRecord& record : records) {
        if (seen.insert(record.customer + record.id).second) ++totals[record.customer];
    }
    return bench::wall_seconds() - began;
}

void print(const char* name, const bench::LoadOptions& options, Figures figures, double floor) {
    std::ranges::sort(figures.batch_micros);
    const auto at = [&](double share) {
        return figures.batch_micros[static_cast<std::size_t>(
            share * static_cast<double>(figures.batch_micros.size() - 1))];
    };
    const double events = static_cast<double>(options.events);
    fmt::print(
        "{:<28} {:>9.0f} events/s  {:>5.2f} CPU us/event  p50 {:.2f} us  p99 {:.2f} us  {:.0f} % "
        "of the ceiling\n",
        name, events / figures.wall, figures.cpu * 1e6 / events, at(0.5), at(0.99),
        100 * floor / figures.wall);
}

}  // namespace

int main(int argc, char** argv) {
    bench::LoadOptions options;
    if (argc > 1) options.events = std::stoull(argv[1]);
    if (argc > 2) options.customers = static_cast<std::uint32_t>(std::stoul(argv[2]));
    const double floor = ceiling(options);
    fmt::print("ceiling (hash sets only)     {:>9.0f} events/s\n",
               static_cast<double>(options.events) / floor);
    print("fold of decoded records", options, run(options, true), floor);
    print("decode and fold", options, run(options, false), floor);
}
