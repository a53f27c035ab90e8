#include "engine/past_accounts.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "http/bell.h"
#include "ingest/record_decoder.h"
#include "ledger/log/log_errors.h"

namespace quipu::engine {

using base::Error;
using base::Result;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kBatch = 512;
constexpr std::chrono::milliseconds kLookUp{100};  // for a stop, while no record comes
constexpr int kBelowTheEngine = 10;                // nice

Error shutting_down() {
    return {"shutting_down", "The server is stopping; ask again."};
}

Error from_log(const Error& error) {
    if (error.code != ledger::kLogTruncated) return error;
    return {"history_not_available",
            "The beginning of the ledger's log is gone, so its past cannot be told."};
}

}  // namespace

PastAccounts::PastAccounts(base::Executor& loop, ledger::Log& log, PastAccountsOptions options)
    : loop_(loop), log_(log), options_(options), alive_(std::make_shared<PastAccounts*>(this)) {}

PastAccounts::~PastAccounts() {
    stop();
    *alive_ = nullptr;
    if (worker_.joinable()) worker_.join();
}

void PastAccounts::ask(PastQuestion question, Done done) {
    if (stopping_) return done(tl::unexpected(shutting_down()));
    if (waiting_.size() >= options_.most_waiting) {
        return done(base::fail("history_busy",
                               "Too many questions about the past wait already; try again soon."));
    }
    const std::uint64_t id = ++last_id_;
    waiting_.emplace(id, std::move(done));
    {
        const std::lock_guard lock(queue_mutex_);
        queue_.push_back({id, std::move(question)});
    }
    changed_.notify_one();
    if (!worker_.joinable()) worker_ = std::thread([this] { work(); });
}

void PastAccounts::stop() {
    {
        const std::lock_guard lock(queue_mutex_);
        stopping_ = true;
        queue_.clear();
    }
    changed_.notify_one();
    for (auto& [id, done] : std::exchange(waiting_, {})) done(tl::unexpected(shutting_down()));
}

void PastAccounts::finish(std::uint64_t id, Result<http::HttpResponse> answer) {
    const auto waiting = waiting_.extract(id);
    if (!waiting.empty()) waiting.mapped()(std::move(answer));
}

std::optional<PastAccounts::Job> PastAccounts::take() {
    std::unique_lock lock(queue_mutex_);
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return std::nullopt;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    return job;
}

void PastAccounts::work() {
    // Where cores are short the present goes first; to be refused this changes nothing else.
    static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kBelowTheEngine));
    while (const auto job = take()) {
        // In the heap: a task of the loop must be copyable.
        auto result = std::make_shared<Result<http::HttpResponse>>(answer(job->question));
        loop_.post([alive = alive_, id = job->id, result = std::move(result)] {
            if (*alive != nullptr) (*alive)->finish(id, std::move(*result));
        });
    }
}

Result<http::HttpResponse> PastAccounts::answer(const PastQuestion& question) const {
    projections::AccountPast past(question.home, question.subject, ingest::record_decoder(),
                                  options_.past);
    if (auto replayed = replay(question, past); !replayed) return tl::unexpected(replayed.error());
    const auto view =
        view_account(past.state(), question.subject.organisation, question.customer, question.at);
    return question.look(view ? &*view : nullptr);
}

Result<void> PastAccounts::replay(const PastQuestion& question,
                                  projections::AccountPast& past) const {
    const auto began = SteadyClock::now();
    auto heard = began;  // when the log last had something
    http::Bell readable;
    auto reader = log_.read(question.home, 0);
    if (!reader) return tl::unexpected(from_log(reader.error()));
    const std::unique_ptr<ledger::LogReader> records = std::move(*reader);  // gone before the bell
    records->on_readable([&readable] { readable.ring(); });
    std::vector<ledger::StoredRecord> batch;
    for (ledger::Offset next = 0; next < question.until;) {
        if (stopping_) return tl::unexpected(shutting_down());
        const auto now = SteadyClock::now();
        if (now - began > options_.longest) {
            return base::fail("history_too_long",
                              "The ledger's past is too long to be folded again for one question.");
        }
        batch.clear();
        const auto polled = records->poll(kBatch, batch);
        if (!polled) return tl::unexpected(from_log(polled.error()));
        for (const ledger::StoredRecord& record : batch) {
            if (record.offset >= question.until || record.recorded_at > question.at) return {};
            if (auto folded = past.fold(record); !folded) return folded;
            next = record.offset + 1;
        }
        if (!batch.empty()) {
            heard = now;
        } else if (!readable.wait(kLookUp) && now - heard > options_.patience) {
            return base::fail(ledger::kLogUnavailable, "The log's records do not come.");
        }
    }
    return {};
}

}  // namespace quipu::engine
