// Making a new ledger, catching up with the log, and the ticks that follow.
#include "base/sha256.h"
#include "engine/ledger_engine_impl.h"

namespace quipu::engine {

using base::Error;
using base::Result;
using ledger::Partition;
using ledger::Topic;

namespace {

constexpr std::chrono::milliseconds kTimersEvery{100};
constexpr std::chrono::milliseconds kSettingsArriveWithin{2};
const char* const kDefaultOrganisation = "default";

}  // namespace

void Engine::check_caught_up() {
    if (making_ || caught_up_) return;
    for (const auto& shard : shards_) {
        if (shard->runner->next_offset() < shard->target) return;
    }
    making_ = true;
    if (auto begun = begin_delivery(); !begun) return fail(begun.error());
    make_ledger();
}

// A new ledger gets its genesis record on every partition, control first, and its first
// organisation.
void Engine::make_ledger() {
    if (control_fold().is_open()) return make_account_partitions();
    ledger::Genesis genesis;
    genesis.partitions = log_.partitions(Topic::Events);
    genesis.hash_key = options_.new_ledger_key;
    genesis.rules_version = options_.known_rules;
    submit_genesis(kControlPartition, genesis, [this] { make_account_partitions(); });
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
        ledger::Genesis genesis = control_fold().genesis();
        genesis.rules_version = options_.known_rules;
        return submit_genesis({Topic::Events, index}, genesis,
                              [this] { make_account_partitions(); });
    }
    adopt_rules();
}

// One barrier in each partition: every record behind it is folded under the new rules, by whoever
// folds it. A partition that has it already, from a start that was cut short, gets no second one.
void Engine::adopt_rules() {
    for (const auto& shard : shards_) {
        if (shard->fold->rules() >= options_.known_rules) continue;
        ledger::CommandRecord record;
        record.command = ledger::AdoptRules{options_.known_rules, options_.release};
        return gateway_.submit(shard->partition, {}, std::move(record),
                               [this](const Result<ingest::Reply>& reply) {
                                   if (!reply) return fail(reply.error());
                                   adopt_rules();
                               });
    }
    make_root_organisation();
}

void Engine::make_root_organisation() {
    if (options_.root_key.empty() || !control().organisations.empty())
        return set_default_provider();
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
    gateway_.submit(kControlPartition, {}, std::move(organisation),
                    [](const Result<ingest::Reply>&) {});
    gateway_.submit(kControlPartition, {}, std::move(key),
                    [this](const Result<ingest::Reply>& reply) {
                        if (!reply) return fail(reply.error());
                        set_default_provider();
                    });
}

// Every account partition has heard of it before the first request is served.
void Engine::set_default_provider() {
    const std::string& provider = options_.payment_provider;
    if (provider.empty() || provider == control().default_provider) return become_ready();
    ledger::CommandRecord record;
    record.id = "provider:" + std::to_string(options_.node);
    record.command = ledger::SetDefaultProvider{provider};
    gateway_.submit(kControlPartition, {}, std::move(record),
                    [this](const Result<ingest::Reply>& reply) {
                        if (!reply) return fail(reply.error());
                        await_settings();
                    });
}

// No tick tells when they are there: a manual clock may still be set anywhere before the first
// request.
void Engine::await_settings() {
    for (const auto& [id, organisation] : control().organisations) {
        for (std::size_t at = 1; at < shards_.size(); ++at) {
            const auto index = static_cast<std::uint32_t>(at - 1);
            const auto known = account_fold(index).book(id).settings().version;
            if (known >= organisation.settings.version) continue;
            loop_.run_after(kSettingsArriveWithin, [this, alive = alive_] {
                if (*alive && !stopped_) await_settings();
            });
            return;
        }
    }
    become_ready();
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

}  // namespace quipu::engine
