#include "server/ledger_engine.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <filesystem>

#include "base/check.h"
#include "base/murmur2.h"
#include "base/sha256.h"
#include "ingest/record_decoder.h"
#include "ledger/command_codec.h"
#include "projections/partition_digest.h"
#include "projections/rocksdb_store.h"
#include "server/asio_loop.h"
#include "server/clocks.h"

namespace quipu::server {
namespace {

using base::Error;
using base::Result;
using ledger::Partition;
using ledger::Topic;

constexpr Partition kControl{Topic::Control, 0};
constexpr std::chrono::milliseconds kWriteBehindEvery{1000};
constexpr std::chrono::milliseconds kTimersEvery{100};
constexpr std::chrono::milliseconds kExpireEvery{15'000};
constexpr std::chrono::milliseconds kRetryDelivery{200};

const char* const kDefaultOrganisation = "default";

class Engine final : public LedgerEngine, public projections::AnswerSink {
public:
    Engine(EngineLoop& loop, ledger::Log& log, ledger::Clock& clock, ManualClock* manual_clock,
           EngineOptions options)
        : loop_(loop),
          log_(log),
          clock_(clock),
          manual_clock_(manual_clock),
          options_(std::move(options)),
          gateway_(log, loop, options_.node, [this] { plan_flush(); }) {}
    ~Engine() override { *alive_ = false; }

    Result<void> open_partitions() {
        if (auto opened = open_partition(kControl); !opened) return opened;
        for (std::uint32_t index = 0; index < log_.partitions(Topic::Events); ++index) {
            if (auto opened = open_partition({Topic::Events, index}); !opened) return opened;
        }
        return {};
    }

    void start(std::function<void()> caught_up, std::function<void(const Error&)> failed) override;
    bool is_caught_up() const override { return caught_up_; }
    Result<void> stop() override;
    ingest::Gateway& gateway() override { return gateway_; }
    const ledger::ControlState& control() const override { return control_fold().state(); }
    projections::AccountFold& home_of(const ledger::Customer& customer) override {
        return account_fold(gateway_.home_of(customer.home_key).index);
    }
    projections::StateStore& store_of(Partition partition) override {
        return *shard_of(partition).store;
    }
    std::vector<Partition> account_partitions() const override;
    base::Instant now(const projections::AccountFold& fold) override {
        return std::max(clock_.now(), fold.clock());
    }
    Result<std::vector<PartitionDigest>> digests() override;
    Result<void> checkpoint(const std::string& folder) override;
    ManualClock* manual_clock() override { return manual_clock_; }
    std::vector<Progress> progress() const override;

private:
    // One partition. The control partition is the first one.
    struct Shard final : projections::Outbox {
        Shard(Engine& owner, Partition which) : engine(owner), partition(which) {}
        void deliver(const std::string& id, projections::Effect effect) override {
            engine.deliver(*this, id, std::move(effect));
        }

        Engine& engine;
        const Partition partition;
        std::unique_ptr<projections::StateStore> store;
        std::unique_ptr<projections::Fold> fold;
        std::unique_ptr<projections::PartitionRunner> runner;
        ledger::Offset target = 0;  // the log's end when the engine started
        bool ticking = false;       // a tick is on its way
        bool draining = false;      // a drain is planned
        std::atomic<bool> woken{false};
    };

    Result<void> open_partition(Partition partition);
    Shard& shard_of(Partition partition) {
        return *shards_[partition.topic == Topic::Control ? 0 : 1 + partition.index];
    }
    projections::AccountFold& account_fold(std::uint32_t index) const {
        return static_cast<projections::AccountFold&>(*shards_[1 + index]->fold);
    }
    projections::ControlFold& control_fold() const {
        return static_cast<projections::ControlFold&>(*shards_[0]->fold);
    }

    void wake(Shard& shard);
    void plan_drain(Shard& shard);
    void drain(Shard& shard);
    void halt(const Shard& shard, const Error& error);
    void check_caught_up();
    void make_ledger();
    void submit_genesis(Partition partition, const ledger::Genesis& genesis,
                        std::function<void()> then);
    void make_account_partitions();
    void make_root_organisation();
    void become_ready();
    void fail(const Error& error);

    void answered(const projections::Answer& answer) override;
    void deliver(Shard& shard, const std::string& id, projections::Effect effect);
    [[nodiscard]] projections::SendRecord route(projections::RouteRecord route) const;
    void send(Shard& shard, std::string id, projections::SendRecord sent);
    void retry(Shard& shard, const std::string& id, const projections::SendRecord& sent);

    void plan_flush();
    void flush_appends();
    void every(std::chrono::milliseconds interval, std::function<void()> task);
    void fire_ticks();

    EngineLoop& loop_;
    ledger::Log& log_;
    ledger::Clock& clock_;
    ManualClock* const manual_clock_;
    const EngineOptions options_;
    projections::RocksdbMemory memory_;
    std::vector<std::unique_ptr<Shard>> shards_;
    ingest::Gateway gateway_;
    std::vector<ledger::Append> sends_;  // of this turn, ahead of the gateway's
    bool flush_planned_ = false;
    bool making_ = false;
    bool caught_up_ = false;
    bool stopped_ = false;
    std::function<void()> on_caught_up_;
    std::function<void(const Error&)> on_failed_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

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
            partition, *shard->store, ingest::record_decoder(), options_.dedupe_window_micros);
    } else {
        shard->fold = std::make_unique<projections::AccountFold>(
            partition, *shard->store, ingest::record_decoder(), options_.dedupe_window_micros);
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
    if (!more) return halt(shard, more.error());
    if (*more) plan_drain(shard);
    if (!caught_up_) check_caught_up();
}

void Engine::halt(const Shard& shard, const Error& error) {
    spdlog::error("partition {} halts: {}", partition_folder({}, shard.partition), error.message);
    fail(error);
}

void Engine::fail(const Error& error) {
    if (on_failed_) on_failed_(error);
}

void Engine::check_caught_up() {
    if (making_ || caught_up_) return;
    for (const auto& shard : shards_) {
        if (shard->runner->next_offset() < shard->target) return;
    }
    making_ = true;
    for (const auto& shard : shards_) {
        if (auto redelivered = shard->runner->redeliver(); !redelivered)
            return fail(redelivered.error());
    }
    make_ledger();
}

// A new ledger gets its genesis record on every partition, control first, and its first
// organisation.
void Engine::make_ledger() {
    if (control_fold().is_open()) return make_account_partitions();
    ledger::Genesis genesis;
    genesis.partitions = log_.partitions(Topic::Events);
    genesis.hash_key = options_.new_ledger_key;
    submit_genesis(kControl, genesis, [this] { make_account_partitions(); });
}

void Engine::submit_genesis(Partition partition, const ledger::Genesis& genesis,
                            std::function<void()> then) {
    ledger::CommandRecord record;
    record.command = genesis;
    gateway_.submit(partition, {}, std::move(record),
                    [this, then = std::move(then)](const Result<ingest::Reply>& reply) {
                        if (!reply) return fail(reply.error());
                        then();
                    });
}

void Engine::make_account_partitions() {
    for (std::uint32_t index = 0; index < log_.partitions(Topic::Events); ++index) {
        if (account_fold(index).is_open()) continue;
        return submit_genesis({Topic::Events, index}, control_fold().genesis(),
                              [this] { make_account_partitions(); });
    }
    make_root_organisation();
}

void Engine::make_root_organisation() {
    if (options_.root_key.empty() || !control().organisations.empty()) return become_ready();
    ledger::CommandRecord organisation;
    organisation.id = "root:organisation";
    organisation.organisation = kDefaultOrganisation;
    organisation.command = ledger::CreateOrganisation{kDefaultOrganisation, "Default"};
    ledger::CommandRecord key;
    key.id = "root:key";
    key.organisation = kDefaultOrganisation;
    const std::size_t hint_length = std::min<std::size_t>(4, options_.root_key.size());
    key.command = ledger::CreateKey{
        "key_root", "root", options_.root_key.substr(options_.root_key.size() - hint_length),
        base::sha256(options_.root_key)};
    gateway_.submit(kControl, {}, std::move(organisation), [](const Result<ingest::Reply>&) {});
    gateway_.submit(kControl, {}, std::move(key), [this](const Result<ingest::Reply>& reply) {
        if (!reply) return fail(reply.error());
        become_ready();
    });
}

void Engine::become_ready() {
    if (caught_up_) return;
    caught_up_ = true;
    every(kTimersEvery, [this] { fire_ticks(); });
    if (on_caught_up_) on_caught_up_();
}

void Engine::fire_ticks() {
    for (std::size_t at = 1; at < shards_.size(); ++at) {
        Shard& shard = *shards_[at];
        if (shard.ticking || shard.fold->next_due() > clock_.now()) continue;
        shard.ticking = true;
        ledger::CommandRecord tick;
        tick.command = ledger::Tick{};
        gateway_.submit(shard.partition, {}, std::move(tick),
                        [&shard](const Result<ingest::Reply>&) { shard.ticking = false; });
    }
}

void Engine::answered(const projections::Answer& answer) {
    if (answer.record.origin.node == 0) return;
    gateway_.settle(answer.record.origin,
                    {answer.outcome, answer.duplicate, answer.record.id, answer.customer,
                     answer.partition, answer.offset, answer.recorded_at});
}

void Engine::deliver(Shard& shard, const std::string& id, projections::Effect effect) {
    if (auto* routed = std::get_if<projections::RouteRecord>(&effect)) {
        return send(shard, id, route(std::move(*routed)));
    }
    send(shard, id, std::get<projections::SendRecord>(std::move(effect)));
}

projections::SendRecord Engine::route(projections::RouteRecord route) const {
    ledger::CommandRecord& record = route.record;
    const ledger::Customer* customer =
        ledger::find_customer(control(), record.organisation, record.customer);
    if (customer == nullptr) {
        ledger::StoredRecord stored;
        stored.offset = route.offset;
        stored.key = record.customer;
        stored.value = ledger::encode(record);
        return projections::dead_letter(
            route.from, stored, "customer_not_found",
            "Customer '" + record.customer + "' not found in this organization.");
    }
    record.customer = customer->id;
    record.routed = true;
    return {gateway_.home_of(customer->home_key), {customer->home_key, ledger::encode(record), {}}};
}

void Engine::send(Shard& shard, std::string id, projections::SendRecord sent) {
    plan_flush();
    ledger::NewRecord record = sent.record;
    const Partition to = sent.to;
    const auto appended = [this, &loop = loop_, alive = alive_, &shard, id = std::move(id),
                           sent = std::move(sent)](const Result<ledger::Offset>& offset) {
        loop.post([this, alive, &shard, id, sent, done = offset.has_value()] {
            if (!*alive) return;
            if (done) return shard.runner->delivered(id);
            retry(shard, id, sent);
        });
    };
    sends_.push_back({to, std::move(record), appended});
}

void Engine::retry(Shard& shard, const std::string& id, const projections::SendRecord& sent) {
    if (stopped_) return;
    loop_.run_after(kRetryDelivery, [this, alive = alive_, &shard, id, sent] {
        if (*alive && !stopped_) send(shard, id, sent);
    });
}

void Engine::plan_flush() {
    if (flush_planned_) return;
    flush_planned_ = true;
    loop_.at_end_of_turn([this, alive = alive_] {
        if (*alive) flush_appends();
    });
}

void Engine::flush_appends() {
    flush_planned_ = false;
    // What the folds forward goes first: a caller that heard their answer may rely on it.
    if (!sends_.empty()) log_.append(std::exchange(sends_, {}));
    gateway_.flush();
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

}  // namespace

Result<std::unique_ptr<LedgerEngine>> LedgerEngine::open(EngineLoop& loop, ledger::Log& log,
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

}  // namespace quipu::server
