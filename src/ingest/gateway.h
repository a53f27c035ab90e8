// The way into the ledger: appends commands and hands each caller the fold's answer.
//
// A caller hears `done` exactly once: with the outcome of the fold, which only sees durable
// records, or with an error. All appends of one turn of the engine go to the log as one batch, so
// that no lock is taken per request.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "ledger/command.h"
#include "ledger/log/log.h"
#include "ledger/outcome.h"

namespace quipu::ingest {

// Borrowed: valid during the call.
struct Reply {
    const ledger::Outcome& outcome;
    bool duplicate = false;
    std::string_view event_id;
    std::string_view customer;  // cus_…, where one is known
    ledger::Partition partition;
    ledger::Offset offset = 0;
    base::Instant recorded_at;
};

// Error codes: `log_overloaded` (not written, try again later), `log_unavailable` (not written),
// `outcome_unknown` (may have been written; retry with the same id), `shutting_down` (as
// outcome_unknown), and those of ledger::problem_of: such a record could not be read back, so it
// never goes on the log.
using Done = std::function<void(const base::Result<Reply>&)>;

// Owned and called by the engine thread. `log` and `executor` outlive it; the executor's turns end
// with `flush`.
class Gateway {
public:
    // `node` tells this process's waiting callers from those of earlier ones; never 0. `plan_flush`
    // arranges for flush() to be called at the end of the turn.
    Gateway(ledger::Log& log, base::Executor& executor, std::uint64_t node,
            std::function<void()> plan_flush);
    ~Gateway();
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    // Where a customer with this key is at home.
    [[nodiscard]] ledger::Partition home_of(std::string_view home_key) const;

    // Appends and waits for the fold. `key` is the record's message key.
    void submit(ledger::Partition partition, std::string key, ledger::CommandRecord record,
                Done done);
    // Appends and waits only until the log has it; `offset` is all that the caller learns.
    using Logged = std::function<void(const base::Result<ledger::Offset>&)>;
    void submit_logged(ledger::Partition partition, std::string key, ledger::CommandRecord record,
                       Logged done);
    // Answers when everything that was appended to these partitions before has been folded.
    void barrier(const std::vector<ledger::Partition>& partitions,
                 std::function<void(const base::Result<void>&)> done);

    // The fold answered the record of this origin. Others' origins are ignored.
    void settle(ledger::Origin origin, const Reply& reply);
    // Answers `outcome_unknown` to everyone who began to wait two calls ago or earlier; call at the
    // timeout's interval.
    void expire();
    // Answers `shutting_down` to everyone who still waits.
    void abandon();

    void flush();
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

private:
    struct Waiter {
        Done done;
        std::uint32_t round = 0;
    };

    void fail(std::uint64_t sequence, const base::Error& error);
    void queue(ledger::Partition partition, std::string key, const ledger::CommandRecord& record,
               ledger::Appended done);

    ledger::Log& log_;
    base::Executor& executor_;
    const std::uint64_t node_;
    const std::function<void()> plan_flush_;
    std::uint64_t next_sequence_ = 1;
    std::uint32_t round_ = 0;
    std::unordered_map<std::uint64_t, Waiter> waiting_;
    std::vector<ledger::Append> queued_;
    std::shared_ptr<Gateway*> alive_;  // null once destroyed: callbacks of the log may come later
};

}  // namespace quipu::ingest
