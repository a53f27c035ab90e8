// What the hot path pays per event: decoding a Track record, encoding and decoding its entry.
#include <benchmark/benchmark.h>

#include "ledger/codec/command_codec.h"
#include "projections/rows/command_digest.h"
#include "projections/rows/row_codec.h"

namespace {

using namespace quipu;

ledger::CommandRecord typical_track() {
    return {.id = "0b9c2f1e-6c50-4a3e-9d0e-3f6f0f1f2a3b",
            .organisation = "org_2f6c1b9e4d",
            .customer = "cus_01hv3k8mznq4x7w2c5",
            .occurred_at = base::Instant{1'794'000'000'654'321},
            .origin = {.node = 0x9e3779b97f4a7c15, .sequence = 4711},
            .command = ledger::Track{.feature = "api-calls", .value = base::Quantity::from_int(1)}};
}

ledger::Entry typical_entry() {
    const base::Period month{{1'793'491'200'123'456}, {1'796'083'200'123'456}};
    const base::Quantity one = base::Quantity::from_int(1);
    return {.offset = 1'000'000,
            .id = typical_track().id,
            .content = projections::content_digest(typical_track()),
            .kind = 16,
            .recorded_at = {1'794'000'000'700'000},
            .occurred_at = {1'794'000'000'654'321},
            .outcome = ledger::UsageAnswer{.feature = "api-calls",
                                           .usage = base::Quantity::from_int(4711),
                                           .limit = base::Quantity::from_int(10'000),
                                           .balance = base::Quantity::from_int(5289),
                                           .window_start = month.start,
                                           .resets_at = month.end,
                                           .reset = ledger::Interval::Monthly,
                                           .plan = "pro",
                                           .catalog_version = 3,
                                           .terms_feature = "api-calls"},
            .value = one,
            .postings = {{.bucket = ledger::Bucket::Allowance,
                          .meter = {1, "api-calls", ""},
                          .window = month,
                          .units = one,
                          .amount = one}}};
}

void BM_EncodeTrack(benchmark::State& state) {
    const ledger::CommandRecord record = typical_track();
    for (auto _ : state) benchmark::DoNotOptimize(ledger::encode(record));
    state.counters["bytes"] = static_cast<double>(ledger::encode(record).size());
}
BENCHMARK(BM_EncodeTrack);

void BM_DecodeTrack(benchmark::State& state) {
    const std::string bytes = ledger::encode(typical_track());
    ledger::CommandDecoder decoder;
    for (auto _ : state) benchmark::DoNotOptimize(decoder.decode(bytes));
}
BENCHMARK(BM_DecodeTrack);

void BM_ContentDigest(benchmark::State& state) {
    const ledger::CommandRecord record = typical_track();
    for (auto _ : state) benchmark::DoNotOptimize(projections::content_digest(record));
}
BENCHMARK(BM_ContentDigest);

void BM_EncodeEntry(benchmark::State& state) {
    const ledger::Entry entry = typical_entry();
    for (auto _ : state) benchmark::DoNotOptimize(projections::encode_entry(entry));
    state.counters["bytes"] = static_cast<double>(projections::encode_entry(entry).size());
}
BENCHMARK(BM_EncodeEntry);

void BM_DecodeEntry(benchmark::State& state) {
    const std::string bytes = projections::encode_entry(typical_entry());
    for (auto _ : state) benchmark::DoNotOptimize(projections::decode_entry(1, bytes));
}
BENCHMARK(BM_DecodeEntry);

void BM_EncodeWindow(benchmark::State& state) {
    const ledger::MeterWindow window{.period = {{1'793'491'200'123'456}, {1'796'083'200'123'456}},
                                     .allowance_used = base::Quantity::from_int(4711)};
    for (auto _ : state) benchmark::DoNotOptimize(projections::encode_window(window));
    state.counters["bytes"] = static_cast<double>(projections::encode_window(window).size());
}
BENCHMARK(BM_EncodeWindow);

}  // namespace

BENCHMARK_MAIN();
