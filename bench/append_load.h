// A closed-loop load on a log: so many appenders, each with one record under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "ledger/log/log.h"

namespace quipu::bench {

struct LoadResult {
    std::size_t records = 0;
    double seconds = 0;
    double cpu_micros_per_record = 0;  // of the whole process
    std::int64_t p50_micros = 0;
    std::int64_t p99_micros = 0;

    [[nodiscard]] double records_per_second() const {
        return static_cast<double>(records) / seconds;
    }
};

// Sends one record; `done` is called when it is durable, on any thread.
using Send = std::function<void(std::size_t number, std::function<void()> done)>;

// Keeps `appenders` records under way until `records` are done. One thread sends, as a server's
// event loop does.
[[nodiscard]] LoadResult run_load(std::size_t records, std::size_t appenders, const Send& send);

// Reads everything in a partition, in polls of 1,000; the latencies stay 0.
[[nodiscard]] LoadResult read_all(ledger::Log& log, ledger::Partition partition);

// A record of about `size` bytes, different for each number.
[[nodiscard]] ledger::NewRecord make_record(std::size_t number, std::size_t size);

[[nodiscard]] double cpu_seconds();
void print_header();
void print_result(const std::string& name, std::size_t appenders, const LoadResult& result);

}  // namespace quipu::bench
