// A process to be killed: appends from several threads and prints `partition offset value` for each
// acknowledged record. Arguments: directory, event partitions, threads.
#include <fmt/core.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "ledger/log/embedded_log.h"

namespace {

using namespace quipu;

class SystemClock final : public ledger::Clock {
public:
    base::Instant now() override {
        const auto since = std::chrono::system_clock::now().time_since_epoch();
        return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
    }
};

// One write() of less than PIPE_BUF bytes is atomic, so lines never mix.
void print_acknowledged(ledger::Partition partition, ledger::Offset offset,
                        const std::string& value) {
    const std::string line = fmt::format("{} {} {}\n", partition.index, offset, value);
    if (write(STDOUT_FILENO, line.data(), line.size()) < 0) _exit(3);
}

void append_for_ever(ledger::Log& log, int thread, std::uint32_t partitions) {
    std::atomic<int> waiting = 0;
    for (std::uint32_t i = 0;; ++i) {
        std::vector<ledger::Append> batch;
        for (std::uint32_t j = 0; j <= i % 7; ++j) {
            const ledger::Partition partition{ledger::Topic::Events, (i + j) % partitions};
            const std::string value =
                fmt::format("{}-{}-{}-{}", getpid(), thread, i, std::string(i % 600, 'x'));
            ++waiting;
            batch.push_back({partition,
                             {"key", value, {}},
                             [partition, value, &waiting](const base::Result<ledger::Offset>& at) {
                                 if (!at) _exit(4);
                                 print_acknowledged(partition, *at, value);
                                 --waiting;
                                 waiting.notify_one();
                             }});
        }
        log.append(std::move(batch));
        for (int now = waiting; now > 50; now = waiting) waiting.wait(now);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const auto partitions = static_cast<std::uint32_t>(std::atoi(argv[2]));
    SystemClock clock;
    ledger::EmbeddedLogOptions options;
    options.directory = argv[1];
    options.event_partitions = partitions;
    auto log = ledger::EmbeddedLog::open(options, clock);
    if (!log) {
        fmt::print(stderr, "{}: {}\n", log.error().code.text(), log.error().message);
        return 1;
    }
    std::vector<std::thread> threads;
    for (int t = 0; t < std::atoi(argv[3]); ++t) {
        threads.emplace_back([&, t] { append_for_ever(**log, t, partitions); });
    }
    for (std::thread& thread : threads) thread.join();
}
