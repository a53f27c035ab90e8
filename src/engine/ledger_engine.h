// One process's ledger: the log, the folds of all its partitions and their stores, driven by the
// engine loop.
//
// Everything here is of the engine thread. Reads see every write that was answered before they
// start.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "ingest/gateway.h"
#include "ledger/identity.h"
#include "ledger/log/clock.h"
#include "ledger/log/log.h"
#include "projections/account_fold.h"
#include "projections/control_fold.h"
#include "projections/partition_runner.h"

namespace quipu::http {

class EngineLoop;

}  // namespace quipu::http

namespace quipu::engine {

class ManualClock;

struct EngineOptions {
    std::string state_folder;  // one folder per partition is made in it
    std::int64_t dedupe_window_micros = projections::kDefaultDedupeWindowMicros;
    std::string root_key;  // "" = none; the secret of organisation `default` on an empty ledger
    std::string payment_provider;  // of organisations that choose none; "" = as the ledger has it
    std::uint64_t node = 0;        // random, not 0
    std::array<std::uint8_t, 16> new_ledger_key{};  // random; used if the ledger is new
    // The newest rules that this program has: the ledger goes on under them.
    ledger::RulesVersion known_rules = ledger::kNewestRules;
    std::string release;  // of this program, for who reads the log with an older one
};

struct PartitionDigest {
    ledger::Partition partition;
    ledger::Offset next_offset = 0;
    std::string digest;  // hex
};

// Takes the provider calls that the folds decide. `settled` is called once their outcome is on the
// log; until then the call is handed over again after a restart.
class ProviderCalls {
public:
    virtual ~ProviderCalls() = default;
    virtual void call(const ledger::ProviderCall& call, std::function<void()> settled) = 0;
};

class LedgerEngine {
public:
    // Opens the stores and loads the folds. `log`, `clock` and `loop` outlive it. `manual_clock` is
    // null unless time is set by request.
    [[nodiscard]] static base::Result<std::unique_ptr<LedgerEngine>> open(http::EngineLoop& loop,
                                                                          ledger::Log& log,
                                                                          ledger::Clock& clock,
                                                                          ManualClock* manual_clock,
                                                                          EngineOptions options);
    virtual ~LedgerEngine() = default;

    // Before `start`; outlives the engine. Without one, provider calls wait in the outbox.
    virtual void set_provider_calls(ProviderCalls& calls) = 0;
    // Begins to fold. `caught_up` is called once everything that was in the log at the start is
    // folded and a new ledger has been made; `failed` when a partition has to halt.
    virtual void start(std::function<void()> caught_up,
                       std::function<void(const base::Error&)> failed) = 0;
    [[nodiscard]] virtual bool is_caught_up() const = 0;
    // Answers who waits, writes everything, ends.
    virtual base::Result<void> stop() = 0;

    [[nodiscard]] virtual ingest::Gateway& gateway() = 0;
    [[nodiscard]] virtual const ledger::ControlState& control() const = 0;
    // The fold of the partition where the customer is at home.
    [[nodiscard]] virtual projections::AccountFold& home_of(const ledger::Customer& customer) = 0;
    // Of an account partition, such as those below.
    [[nodiscard]] virtual projections::AccountFold& fold_of(ledger::Partition partition) = 0;
    [[nodiscard]] virtual projections::StateStore& store_of(ledger::Partition partition) = 0;
    [[nodiscard]] virtual std::vector<ledger::Partition> account_partitions() const = 0;
    // The moment that a read is judged at: the log's clock, never before what was folded.
    [[nodiscard]] virtual base::Instant now(const projections::AccountFold& fold) = 0;

    // Of the state as folded so far; writes it first. Control first, then the account partitions.
    [[nodiscard]] virtual base::Result<std::vector<PartitionDigest>> digests() = 0;
    // A copy of every partition's state folder below `folder`, as of now.
    [[nodiscard]] virtual base::Result<void> checkpoint(const std::string& folder) = 0;

    // The engine thread's: for work that is done in slices.
    [[nodiscard]] virtual base::Executor& executor() = 0;

    // Null when the clock is the system's.
    [[nodiscard]] virtual ManualClock* manual_clock() = 0;

    struct Progress {
        ledger::Partition partition;
        ledger::Offset next_offset = 0;
        std::uint64_t folded = 0;
        std::size_t accounts = 0;
    };
    [[nodiscard]] virtual std::vector<Progress> progress() const = 0;
};

// Folder of one partition's state below the state folder: `control`, `events-0`, `events-1` …
[[nodiscard]] std::string partition_folder(const std::string& state_folder,
                                           ledger::Partition partition);

}  // namespace quipu::engine
