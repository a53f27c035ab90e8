#include "append_load.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace quipu::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// The appenders whose record became durable since the last look.
class Finished {
public:
    void add(std::size_t appender) {
        const std::lock_guard lock(finished_mutex_);
        finished_.push_back(appender);
        if (finished_.size() == 1) changed_.notify_one();
    }

    void take(std::vector<std::size_t>& taken) {
        taken.clear();
        std::unique_lock lock(finished_mutex_);
        changed_.wait(lock, [this] { return !finished_.empty(); });
        taken.swap(finished_);
    }

private:
    std::mutex finished_mutex_;
    std::condition_variable changed_;
    std::vector<std::size_t> finished_;
};

std::int64_t percentile(std::vector<std::int64_t>& sorted, double part) {
    return sorted[static_cast<std::size_t>(static_cast<double>(sorted.size() - 1) * part)];
}

}  // namespace

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Half text that repeats, half bytes that do not compress (splitmix64), as events with ids are.
ledger::NewRecord make_record(std::size_t number, std::size_t size) {
    std::string value(size, ' ');
    for (std::size_t at = 0; at < size; ++at) value[at] = "organisation/feature/"[at % 21];
    std::uint64_t state = number;
    for (std::size_t at = 0; at + sizeof state <= size / 2; at += sizeof state) {
        state += 0x9e3779b97f4a7c15ULL;
        std::uint64_t mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
        std::memcpy(value.data() + at, &mixed, sizeof mixed);
    }
    return {"customer-" + std::to_string(number % 10'007), std::move(value), {}};
}

LoadResult run_load(std::size_t records, std::size_t appenders, const Send& send) {
    Finished finished;
    std::vector<SteadyClock::time_point> sent_at(appenders);
    std::vector<std::int64_t> latencies;
    latencies.reserve(records);
    std::size_t sent = 0;
    const auto send_next = [&](std::size_t appender) {
        sent_at[appender] = SteadyClock::now();
        send(sent++, [&finished, appender] { finished.add(appender); });
    };
    const auto start = SteadyClock::now();
    const double cpu_start = cpu_seconds();
    for (std::size_t i = 0; i < std::min(appenders, records); ++i) send_next(i);
    std::vector<std::size_t> ready;
    while (latencies.size() < records) {
        finished.take(ready);
        const auto now = SteadyClock::now();
        for (const std::size_t appender : ready) {
            latencies.push_back(
                std::chrono::duration_cast<std::chrono::microseconds>(now - sent_at[appender])
                    .count());
            if (sent < records) send_next(appender);
        }
    }
    LoadResult result;
    result.records = records;
    result.seconds = seconds_since(start);
    result.cpu_micros_per_record = (cpu_seconds() - cpu_start) * 1e6 / static_cast<double>(records);
    std::sort(latencies.begin(), latencies.end());
    result.p50_micros = percentile(latencies, 0.50);
    result.p99_micros = percentile(latencies, 0.99);
    return result;
}

LoadResult read_all(ledger::Log& log, ledger::Partition partition) {
    const auto end = log.end(partition);
    auto reader = log.read(partition, 0);
    if (!end || !reader) std::abort();
    std::mutex woken_mutex;
    std::condition_variable changed;
    bool woken = false;
    (*reader)->on_readable([&] {
        const std::lock_guard lock(woken_mutex);
        woken = true;
        changed.notify_one();
    });
    LoadResult result;
    const auto start = SteadyClock::now();
    const double cpu_start = cpu_seconds();
    std::vector<ledger::StoredRecord> out;
    while (result.records < static_cast<std::size_t>(*end)) {
        out.clear();
        const auto moved = (*reader)->poll(1'000, out);
        if (!moved) std::abort();
        result.records += *moved;
        if (*moved > 0) continue;
        std::unique_lock lock(woken_mutex);
        changed.wait(lock, [&] { return std::exchange(woken, false); });
    }
    result.seconds = seconds_since(start);
    result.cpu_micros_per_record = (cpu_seconds() - cpu_start) * 1e6 /
                                   static_cast<double>(std::max<std::size_t>(1, result.records));
    return result;
}

void print_header() {
    fmt::print("{:<28}{:>10}{:>10}{:>12}{:>10}{:>10}{:>12}\n", "", "appenders", "records",
               "records/s", "p50 us", "p99 us", "CPU us/rec");
}

void print_result(const std::string& name, std::size_t appenders, const LoadResult& result) {
    fmt::print("{:<28}{:>10}{:>10}{:>12.0f}{:>10}{:>10}{:>12.2f}\n", name, appenders,
               result.records, result.records_per_second(), result.p50_micros, result.p99_micros,
               result.cpu_micros_per_record);
    std::fflush(stdout);
}

}  // namespace quipu::bench
