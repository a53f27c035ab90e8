#include "cli/rebuild.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/log/log_until.h"
#include "cli/log/partition_name.h"
#include "engine/ledger_engine.h"
#include "http/bell.h"
#include "ingest/record_decoder.h"
#include "ledger/log/log_errors.h"
#include "projections/account_fold.h"
#include "projections/control_fold.h"
#include "projections/partition_runner.h"
#include "projections/store/rocksdb_store.h"

namespace quipu::cli {
namespace {

using base::Result;
using ledger::Offset;
using ledger::Partition;
using projections::kDefaultDedupeWindowMicros;

constexpr std::size_t kWorkers = 2;
constexpr std::chrono::seconds kLongestWait{30};
constexpr std::chrono::milliseconds kProgressEvery{100};
// So much may be folded and not yet written, whatever the disk does.
constexpr std::uint64_t kFlushAfter = 500'000;

class NoAnswers final : public projections::AnswerSink {
    void answered(const projections::Answer&) override {}
};

std::unique_ptr<projections::Fold> make_fold(Partition partition, projections::StateStore& store) {
    if (partition.topic == ledger::Topic::Control) {
        return std::make_unique<projections::ControlFold>(
            partition, store, ingest::record_decoder(), kDefaultDedupeWindowMicros);
    }
    return std::make_unique<projections::AccountFold>(partition, store, ingest::record_decoder());
}

Result<void> fold_until(projections::PartitionRunner& runner, http::Bell& readable, Offset end,
                        std::atomic<std::uint64_t>& done) {
    std::uint64_t flushed = 0;
    while (runner.next_offset() < end) {
        const std::uint64_t before = runner.folded();
        const auto more = runner.drain();
        if (!more) return tl::unexpected(more.error());
        done += runner.folded() - before;
        if (runner.folded() - flushed >= kFlushAfter) {
            if (auto written = runner.flush(); !written) return written;
            flushed = runner.folded();
        }
        if (*more || runner.folded() != before) continue;
        if (!readable.wait(kLongestWait)) {
            return base::fail(
                ledger::kLogUnavailable,
                fmt::format("Partition {}: no record came for {} seconds.",
                            partition_name(runner.partition()), kLongestWait.count()));
        }
    }
    return runner.flush();
}

Result<void> rebuild_partition(ledger::Log& log, const projections::RocksdbMemory& memory,
                               const std::string& folder, Partition partition, Offset end,
                               std::atomic<std::uint64_t>& done) {
    const auto store =
        projections::open_rocksdb_store(engine::partition_folder(folder, partition), memory);
    if (!store) return tl::unexpected(store.error());
    const auto fold = make_fold(partition, **store);
    if (auto loaded = fold->load(); !loaded) return loaded;
    http::Bell readable;
    NoAnswers answers;
    projections::RunnerOptions options;
    options.keep_outbox = false;
    projections::PartitionRunner runner(partition, log, **store, *fold, nullptr, answers, options);
    if (auto started = runner.start([&readable] { readable.ring(); }); !started) return started;
    return fold_until(runner, readable, end, done);
}

// The partitions, handed out to the workers; the first error ends the handing out.
class Work {
public:
    Work(ledger::Log& log, std::string folder, const std::map<Partition, Offset>& ends)
        : log_(log), folder_(std::move(folder)), left_(ends.begin(), ends.end()) {}

    void run() {
        while (const auto next = take()) {
            const auto built =
                rebuild_partition(log_, memory_, folder_, next->first, next->second, done_);
            if (!built) fail(built.error());
        }
        finished_.ring();
    }

    [[nodiscard]] std::uint64_t done() const { return done_; }
    [[nodiscard]] http::Bell& finished() { return finished_; }
    [[nodiscard]] Result<void> result() const {
        if (error_) return tl::unexpected(*error_);
        return {};
    }

private:
    std::optional<std::pair<Partition, Offset>> take() {
        const std::lock_guard lock(mutex_);
        if (left_.empty() || error_) return std::nullopt;
        const auto next = left_.back();
        left_.pop_back();
        return next;
    }
    void fail(const base::Error& error) {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = error;
    }

    ledger::Log& log_;
    const std::string folder_;
    projections::RocksdbMemory memory_;
    std::atomic<std::uint64_t> done_{0};
    http::Bell finished_;
    std::mutex mutex_;
    std::vector<std::pair<Partition, Offset>> left_;
    std::optional<base::Error> error_;
};

}  // namespace

Result<void> rebuild(ledger::Log& log, const std::string& folder,
                     const std::map<Partition, Offset>& ends,
                     const std::function<void(const RebuildProgress&)>& progress) {
    LogUntil bounded(log, ends);
    Work work(bounded, folder, ends);
    RebuildProgress state;
    for (const auto& [partition, end] : ends) state.total += static_cast<std::uint64_t>(end);
    std::atomic<std::size_t> running = std::min(kWorkers, ends.size());
    std::vector<std::jthread> workers;
    for (std::size_t i = running; i > 0; --i) {
        workers.emplace_back([&] {
            work.run();
            --running;
        });
    }
    while (running > 0) {
        static_cast<void>(work.finished().wait(kProgressEvery));
        state.done = work.done();
        progress(state);
    }
    workers.clear();
    return work.result();
}

}  // namespace quipu::cli
