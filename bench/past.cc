// What a check as of an instant of the past costs: the embedded log from its first record, folded
// again for one customer.
//
//   bench_past [events] [customers]
//
// The instant is the last one, so every record is read. The ceiling, measured in the same run:
// reading the same log and decoding nothing.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "engine/past_accounts.h"
#include "http/asio_loop.h"
#include "ledger/log/embedded_log.h"
#include "ledger/usage/decide_usage.h"
#include "ledger_load.h"

namespace {

using namespace quipu;

constexpr ledger::Partition kEvents{ledger::Topic::Events, 0};
constexpr base::Instant kNow{1'767'225'600'000'000};
constexpr int kRuns = 5;

struct StillClock final : ledger::Clock {
    base::Instant now() override { return kNow; }
};

engine::PastQuestion question_of(const std::string& customer, ledger::Offset end) {
    engine::PastQuestion question;
    question.home = kEvents;
    question.until = end;
    question.at = kNow;
    question.subject = {bench::kOrganisation, {customer}};
    question.customer = customer;
    question.look = [](const engine::AccountView* view) {
        if (view == nullptr) std::abort();
        const auto decided = ledger::decide_usage(
            *view->account, *view->book,
            {"api-calls", "", base::Quantity::from_int(1), kNow, true, false}, kNow);
        return http::HttpResponse{.body = decided.answer.usage.value().to_string()};
    };
    return question;
}

}  // namespace

int main(int argc, char** argv) {
    bench::LoadOptions options;
    if (argc > 1) options.events = std::stoull(argv[1]);
    if (argc > 2) options.customers = static_cast<std::uint32_t>(std::stoul(argv[2]));
    const std::filesystem::path folder = "/tmp/quipu-bench-past";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    StillClock clock;
    const auto log = ledger::EmbeddedLog::open({.directory = folder / "log"}, clock).value();
    bench::fill(*log, options);
    const ledger::Offset end = log->end(kEvents).value();
    const double ceiling = bench::read_seconds(*log, end);

    std::vector<double> took;
    std::string usage;
    const std::string customer = bench::usage_record(options, 0).customer;
    for (int run = 0; run < kRuns; ++run) {
        http::EngineLoop loop;
        engine::PastAccounts past(loop, *log);
        const double began = bench::wall_seconds();
        past.ask(question_of(customer, end), [&](base::Result<http::HttpResponse> answer) {
            if (!answer) std::abort();
            took.push_back(bench::wall_seconds() - began);
            usage = answer->body;
            loop.stop();
        });
        loop.run();
    }
    std::ranges::sort(took);
    const double median = took[kRuns / 2];
    const auto records = static_cast<double>(end);
    fmt::print("ceiling (read the log only)  {:>7.0f} ms  {:>9.0f} records/s\n", ceiling * 1e3,
               records / ceiling);
    fmt::print(
        "one question of the past     {:>7.0f} ms  {:>9.0f} records/s  (fastest {:.0f} ms, slowest "
        "{:.0f} ms; {} records, the customer used {})\n",
        median * 1e3, records / median, took.front() * 1e3, took.back() * 1e3, end, usage);
    std::filesystem::remove_all(folder);
}
