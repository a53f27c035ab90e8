#include "engine/ledger_engine.h"

#include <spdlog/spdlog.h>

#include <filesystem>

#include "base/check.h"
#include "engine/ledger_engine_impl.h"
#include "ingest/record_decoder.h"
#include "projections/partition_digest.h"

namespace quipu::engine {

using base::Error;
using base::Result;
using ledger::Partition;
using ledger::Topic;

namespace {

constexpr std::chrono::milliseconds kWriteBehindEvery{1000};
constexpr std::chrono::milliseconds kExpireEvery{15'000};
constexpr std::chrono::milliseconds kReadAgainAfter{500};

}  // namespace

Result<void> Engine::open_partition(Partition partition) {
    auto shard = std::make_unique<Shard>(*this, partition);
    const std::string folder = partition_folder(options_.state_folder, partition);
    std::error_code ignored;
    std::filesystem::create_directories(options_.state_folder, ignored);
    auto store = projections::open_rocksdb_store(folder, memory_);
    if (!store) return tl::unexpected(store.error());
    shard->store = std::move(*store);
    if (partition.topic == Topic::Control) {
        shard->fold = std::make_unique<projections::ControlFold>(
            partition, *shard->store, ingest::record_decoder(), options_.dedupe_window_micros,
            options_.known_rules);
    } else {
        shard->fold = std::make_unique<projections::AccountFold>(
            partition, *shard->store, ingest::record_decoder(),
            projections::AccountFoldOptions{options_.dedupe_window_micros, options_.known_rules});
    }
    if (auto loaded = shard->fold->load(); !loaded) return loaded;
    projections::RunnerOptions runner;
    runner.dedupe_window_micros = options_.dedupe_window_micros;
    shard->runner = std::make_unique<projections::PartitionRunner>(
        partition, log_, *shard->store, *shard->fold, shard.get(), *this, runner);
    shards_.push_back(std::move(shard));
    return {};
}

void Engine::start(std::function<void()> caught_up, std::function<void(const Error&)> failed) {
    on_caught_up_ = std::move(caught_up);
    on_failed_ = std::move(failed);
    for (const auto& shard : shards_) {
        const auto end = log_.end(shard->partition);
        if (!end) return fail(end.error());
        shard->target = *end;
        if (auto started = shard->runner->start([this, each = shard.get()] { wake(*each); });
            !started) {
            return fail(started.error());
        }
    }
    for (const auto& shard : shards_) plan_drain(*shard);
    every(kWriteBehindEvery, [this] {
        for (const auto& shard : shards_) shard->runner->write_behind();
    });
    every(kExpireEvery, [this] { gateway_.expire(); });
    check_caught_up();
}

void Engine::every(std::chrono::milliseconds interval, std::function<void()> task) {
    loop_.run_after(interval, [this, alive = alive_, interval, task = std::move(task)] {
        if (!*alive || stopped_) return;
        task();
        every(interval, task);
    });
}

void Engine::wake(Shard& shard) {
    if (shard.woken.exchange(true)) return;
    loop_.post([this, alive = alive_, &shard] {
        if (!*alive) return;
        shard.woken = false;
        if (!stopped_) drain(shard);
    });
}

void Engine::plan_drain(Shard& shard) {
    if (shard.draining) return;
    shard.draining = true;
    loop_.post([this, alive = alive_, &shard] {
        if (!*alive || stopped_) return;
        shard.draining = false;
        drain(shard);
    });
}

void Engine::drain(Shard& shard) {
    const auto more = shard.runner->drain();
    if (!more && more.error().code == "log_unavailable") return drain_later(shard, more.error());
    if (!more) return halt(shard, more.error());
    if (*more) plan_drain(shard);
    if (!caught_up_) check_caught_up();
}

// The world's trouble passes; the records are still there when it has.
void Engine::drain_later(Shard& shard, const Error& error) {
    spdlog::warn("partition {} cannot be read at the moment: {}",
                 partition_folder({}, shard.partition), error.message);
    loop_.run_after(kReadAgainAfter, [this, alive = alive_, &shard] {
        if (*alive && !stopped_) plan_drain(shard);
    });
}

void Engine::halt(const Shard& shard, const Error& error) {
    spdlog::error("partition {} halts: {}", partition_folder({}, shard.partition), error.message);
    fail(error);
}

void Engine::fail(const Error& error) {
    if (on_failed_) on_failed_(error);
}

Result<void> Engine::stop() {
    flush_appends();
    gateway_.abandon();
    stopped_ = true;
    for (const auto& shard : shards_) {
        if (auto flushed = shard->runner->flush(); !flushed) return flushed;
    }
    return {};
}

std::vector<Partition> Engine::account_partitions() const {
    std::vector<Partition> partitions;
    for (std::size_t at = 1; at < shards_.size(); ++at)
        partitions.push_back(shards_[at]->partition);
    return partitions;
}

Result<std::vector<PartitionDigest>> Engine::digests() {
    std::vector<PartitionDigest> digests;
    for (const auto& shard : shards_) {
        if (auto flushed = shard->runner->flush(); !flushed) return tl::unexpected(flushed.error());
        auto digest = projections::partition_digest(*shard->store, options_.dedupe_window_micros);
        if (!digest) return tl::unexpected(digest.error());
        digests.push_back({shard->partition, shard->runner->next_offset(), std::move(*digest)});
    }
    return digests;
}

Result<void> Engine::checkpoint(const std::string& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
        return base::fail("state_unavailable", "The folder for the checkpoint could not be made.");
    for (const auto& shard : shards_) {
        if (auto flushed = shard->runner->flush(); !flushed) return flushed;
        if (auto copied = shard->store->checkpoint(partition_folder(folder, shard->partition));
            !copied)
            return copied;
    }
    return {};
}

std::vector<LedgerEngine::Progress> Engine::progress() const {
    std::vector<Progress> progress;
    for (std::size_t at = 0; at < shards_.size(); ++at) {
        const Shard& shard = *shards_[at];
        progress.push_back({shard.partition, shard.runner->next_offset(), shard.runner->folded(),
                            at == 0 ? control().customers.size()
                                    : account_fold(shard.partition.index).accounts()});
    }
    return progress;
}

Result<std::unique_ptr<LedgerEngine>> LedgerEngine::open(http::EngineLoop& loop, ledger::Log& log,
                                                         ledger::Clock& clock,
                                                         ManualClock* manual_clock,
                                                         EngineOptions options) {
    QUIPU_CHECK(options.node != 0);
    auto engine = std::make_unique<Engine>(loop, log, clock, manual_clock, std::move(options));
    if (auto opened = engine->open_partitions(); !opened) return tl::unexpected(opened.error());
    return engine;
}

std::string partition_folder(const std::string& state_folder, Partition partition) {
    const std::string name =
        partition.topic == Topic::Control ? "control" : "events-" + std::to_string(partition.index);
    return state_folder.empty() ? name : state_folder + "/" + name;
}

}  // namespace quipu::engine
