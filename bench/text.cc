// What the texts of a record cost before it may go on the log: UTF-8, and metadata that is one JSON
// object.
#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "ledger/record_limits.h"

namespace {

using namespace quipu;

std::string repeated(std::string_view piece, std::size_t least) {
    std::string text;
    while (text.size() < least) text += piece;
    return text;
}

std::string many_members() {
    std::string text = R"({"first":0)";
    for (int i = 0; text.size() < 4000; ++i)
        text += ",\"key-" + std::to_string(i) + "\":\"value number " + std::to_string(i) + "\"";
    return text + "}";
}

struct Sample {
    const char* name;
    std::string text;
};

const std::array<Sample, 5>& clean_texts() {
    static const std::array<Sample, 5> kTexts{{
        {"slug", "api-calls"},
        {"id", "0b9c2f1e-6c50-4a3e-9d0e-3f6f0f1f2a3b"},
        {"name", "Café Größenwahn, Straße 5, Zürich"},
        {"ascii_4k", repeated("plain ", 4000)},
        {"japanese_4k", repeated("日本語", 4000)},
    }};
    return kTexts;
}

const std::array<Sample, 8>& metadata_texts() {
    static const std::array<Sample, 8> kTexts{{
        {"none", ""},
        {"empty", "{}"},
        {"one_member", R"({"region":"eu-west-1"})"},
        {"four_members", R"({"region":"eu-west-1","model":"gpt-4","tokens":1234,"cached":false})"},
        {"ids", R"({"request":"0b9c2f1e-6c50-4a3e-9d0e-3f6f0f1f2a3b","user":"usr_01hv3k8mznq4x7",)"
                R"("region":"eu-west-1"})"},
        {"nested", R"({"url":"https://api.example.com/v1/chat?stream=true","tags":["prod","b"],)"
                   R"("cost":{"input":0.0031,"output":1.25e-2},"note":"a \"b\" \u00e9"})"},
        {"umlauts", R"({"kunde":"Größenwahn Straßenbau GmbH & Co. KG","ort":"Zürich"})"},
        {"members_4k", many_members()},
    }};
    return kTexts;
}

void BM_CleanText(benchmark::State& state) {
    const Sample& sample = clean_texts().at(static_cast<std::size_t>(state.range(0)));
    state.SetLabel(sample.name);
    for (auto _ : state) benchmark::DoNotOptimize(ledger::is_clean_text(sample.text));
}
BENCHMARK(BM_CleanText)->DenseRange(0, 4);

void BM_CheckTrackWithMetadata(benchmark::State& state) {
    const Sample& sample = metadata_texts().at(static_cast<std::size_t>(state.range(0)));
    state.SetLabel(sample.name);
    const ledger::CommandRecord record{
        .id = "0b9c2f1e-6c50-4a3e-9d0e-3f6f0f1f2a3b",
        .organisation = "org_2f6c1b9e4d",
        .customer = "cus_01hv3k8mznq4x7w2c5",
        .command = ledger::Track{.feature = "api-calls",
                                 .value = base::Quantity::from_int(1),
                                 .metadata_json = sample.text}};
    if (ledger::problem_of(record)) return state.SkipWithError("refused");
    for (auto _ : state) benchmark::DoNotOptimize(ledger::problem_of(record));
}
BENCHMARK(BM_CheckTrackWithMetadata)->DenseRange(0, 7);

}  // namespace

BENCHMARK_MAIN();
