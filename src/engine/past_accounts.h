// Answers questions about accounts as of instants of the past, on a thread of its own.
//
// The account's home partition is read from the log's beginning and folded again up to the instant
// (projections/account_past.h), so a question takes time proportional to the log before it. One is
// worked on at a time; a few wait. Nothing of the live state is read or written: the worker owns
// its reader and its fold.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/executor.h"
#include "base/result.h"
#include "engine/account_view.h"
#include "http/http_server.h"
#include "ledger/log/log.h"
#include "projections/past/account_past.h"

namespace quipu::engine {

struct PastQuestion {
    ledger::Partition home;
    // Of what the live fold had folded when the question came: records from here on do not count.
    ledger::Offset until = 0;
    base::Instant at;  // nor do those that were recorded after it
    projections::PastSubject subject;
    std::string customer;  // cus_…
    // Makes the answer, on the worker's thread: it may use only what it owns. Null: no account was
    // open at the instant.
    std::function<http::HttpResponse(const AccountView*)> look;
};

struct PastAccountsOptions {
    std::size_t most_waiting = 4;       // with the one that is worked on
    std::chrono::seconds longest{120};  // for one question
    std::chrono::seconds patience{30};  // for the log's next record
    projections::PastOptions past;
};

// Engine thread; the worker starts with the first question. `loop` is the engine thread's; it and
// `log` outlive this.
class PastAccounts {
public:
    using Done = std::function<void(base::Result<http::HttpResponse>)>;

    PastAccounts(base::Executor& loop, ledger::Log& log, PastAccountsOptions options = {});
    // As stop, then waits for the worker, which looks up at least every batch of records.
    ~PastAccounts();
    PastAccounts(const PastAccounts&) = delete;
    PastAccounts& operator=(const PastAccounts&) = delete;

    // `done` is called once, on the engine thread, at once when the question is refused. Error
    // codes: `history_busy` (as many wait as may), `history_not_available` (the log's beginning is
    // gone), `history_too_long` (it would take more time or memory than a question may),
    // `shutting_down`, and those of the log.
    void ask(PastQuestion question, Done done);

    // Answers all that wait with `shutting_down`; nothing is asked any more.
    void stop();

private:
    struct Job {
        std::uint64_t id = 0;
        PastQuestion question;
    };

    void finish(std::uint64_t id, base::Result<http::HttpResponse> answer);

    // The worker's.
    void work();
    [[nodiscard]] std::optional<Job> take();
    [[nodiscard]] base::Result<http::HttpResponse> answer(const PastQuestion& question) const;
    [[nodiscard]] base::Result<void> replay(const PastQuestion& question,
                                            projections::AccountPast& past) const;

    base::Executor& loop_;
    ledger::Log& log_;
    const PastAccountsOptions options_;
    std::map<std::uint64_t, Done> waiting_;
    std::uint64_t last_id_ = 0;
    std::shared_ptr<PastAccounts*> alive_;  // null inside once this is gone

    std::atomic<bool> stopping_{false};
    std::mutex queue_mutex_;
    std::condition_variable changed_;
    std::deque<Job> queue_;
    std::thread worker_;
};

}  // namespace quipu::engine
