// The engine's inside: one class in three sources (ledger_engine.cc, ledger_bootstrap.cc,
// ledger_delivery.cc).
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/clocks.h"
#include "engine/delivered_outputs.h"
#include "engine/ledger_engine.h"
#include "http/asio_loop.h"
#include "projections/store/rocksdb_store.h"

namespace quipu::engine {

inline constexpr ledger::Partition kControlPartition{ledger::Topic::Control, 0};

class Engine final : public LedgerEngine, public projections::AnswerSink {
public:
    Engine(http::EngineLoop& loop, ledger::Log& log, ledger::Clock& clock,
           ManualClock* manual_clock, EngineOptions options)
        : loop_(loop),
          log_(log),
          clock_(clock),
          manual_clock_(manual_clock),
          options_(std::move(options)),
          gateway_(log, loop, options_.node, [this] { plan_flush(); }) {}
    ~Engine() override { *alive_ = false; }

    base::Result<void> open_partitions() {
        if (auto opened = open_partition(kControlPartition); !opened) return opened;
        for (std::uint32_t index = 0; index < log_.partitions(ledger::Topic::Events); ++index) {
            if (auto opened = open_partition({ledger::Topic::Events, index}); !opened)
                return opened;
        }
        return {};
    }

    void set_provider_calls(ProviderCalls& calls) override { provider_calls_ = &calls; }
    void start(std::function<void()> caught_up,
               std::function<void(const base::Error&)> failed) override;
    bool is_caught_up() const override { return caught_up_; }
    base::Result<void> stop() override;
    ingest::Gateway& gateway() override { return gateway_; }
    const ledger::ControlState& control() const override { return control_fold().state(); }
    projections::AccountFold& home_of(const ledger::Customer& customer) override {
        return account_fold(gateway_.home_of(customer.home_key).index);
    }
    projections::AccountFold& fold_of(ledger::Partition partition) override {
        return account_fold(partition.index);
    }
    projections::StateStore& store_of(ledger::Partition partition) override {
        return *shard_of(partition).store;
    }
    std::vector<ledger::Partition> account_partitions() const override;
    base::Instant now(const projections::AccountFold& fold) override {
        return std::max(clock_.now(), fold.clock());
    }
    base::Result<std::vector<PartitionDigest>> digests() override;
    base::Result<void> checkpoint(const std::string& folder) override;
    base::Executor& executor() override { return loop_; }
    ManualClock* manual_clock() override { return manual_clock_; }
    std::vector<Progress> progress() const override;

private:
    // One partition. The control partition is the first one.
    struct Shard final : projections::Outbox {
        Shard(Engine& owner, ledger::Partition which) : engine(owner), partition(which) {}
        void deliver(const std::string& id, projections::Effect effect) override {
            engine.deliver(*this, id, std::move(effect));
        }

        Engine& engine;
        const ledger::Partition partition;
        std::unique_ptr<projections::StateStore> store;
        std::unique_ptr<projections::Fold> fold;
        std::unique_ptr<projections::PartitionRunner> runner;
        ledger::Offset target = 0;  // the log's end when the engine started
        bool ticking = false;       // a tick is on its way
        bool draining = false;      // a drain is planned
        std::atomic<bool> woken{false};
    };

    struct Undelivered {
        Shard* shard;
        std::string id;  // of its outbox row
        projections::SendRecord sent;
    };

    base::Result<void> open_partition(ledger::Partition partition);
    Shard& shard_of(ledger::Partition partition) {
        return *shards_[partition.topic == ledger::Topic::Control ? 0 : 1 + partition.index];
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
    void drain_later(Shard& shard, const base::Error& error);
    void halt(const Shard& shard, const base::Error& error);
    void check_caught_up();
    void make_ledger();
    void submit_genesis(ledger::Partition partition, const ledger::Genesis& genesis,
                        std::function<void()> then);
    void make_account_partitions();
    void adopt_rules();
    void make_root_organisation();
    void set_default_provider();
    void await_settings();
    void become_ready();
    void fail(const base::Error& error);

    void answered(const projections::Answer& answer) override;
    // Effects that an earlier life of this ledger delivered, found out once, while catching up.
    [[nodiscard]] base::Result<void> begin_delivery();
    [[nodiscard]] bool has_arrived(const projections::SendRecord& sent);
    [[nodiscard]] bool has_settled(const ledger::ProviderCall& call);
    void call_provider(Shard& shard, const std::string& id, const ledger::ProviderCall& call);
    void deliver(Shard& shard, const std::string& id, projections::Effect effect);
    [[nodiscard]] projections::SendRecord route(projections::RouteRecord route) const;
    void send(Shard& shard, std::string id, projections::SendRecord sent);
    void append(Undelivered effect);
    void retry(Undelivered effect);

    void plan_flush();
    void flush_appends();
    void every(std::chrono::milliseconds interval, std::function<void()> task);
    void fire_ticks();

    http::EngineLoop& loop_;
    ledger::Log& log_;
    ledger::Clock& clock_;
    ManualClock* const manual_clock_;
    const EngineOptions options_;
    projections::RocksdbMemory memory_;
    std::vector<std::unique_ptr<Shard>> shards_;
    ingest::Gateway gateway_;
    std::vector<ledger::Append> sends_;  // of this turn, ahead of the gateway's
    std::map<ledger::Partition, std::vector<Undelivered>>
        undelivered_;  // to be tried again, by target
    bool flush_planned_ = false;
    std::unique_ptr<DeliveredOutputs> delivered_outputs_;  // while catching up
    ProviderCalls* provider_calls_ = nullptr;
    bool making_ = false;
    bool caught_up_ = false;
    bool stopped_ = false;
    std::function<void()> on_caught_up_;
    std::function<void(const base::Error&)> on_failed_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace quipu::engine
