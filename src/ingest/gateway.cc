#include "ingest/gateway.h"

#include <algorithm>

#include "base/murmur2.h"
#include "ledger/codec/command_codec.h"
#include "ledger/record_limits.h"

namespace quipu::ingest {

using base::Error;
using base::Result;

Gateway::Gateway(ledger::Log& log, base::Executor& executor, std::uint64_t node,
                 std::function<void()> plan_flush)
    : log_(log),
      executor_(executor),
      node_(node),
      plan_flush_(std::move(plan_flush)),
      alive_(std::make_shared<Gateway*>(this)) {}

Gateway::~Gateway() {
    *alive_ = nullptr;
}

ledger::Partition Gateway::home_of(std::string_view home_key) const {
    return {ledger::Topic::Events,
            base::partition_for(home_key, log_.partitions(ledger::Topic::Events))};
}

void Gateway::queue(ledger::Partition partition, std::string key,
                    const ledger::CommandRecord& record, ledger::Appended done) {
    if (queued_.empty()) plan_flush_();
    queued_.push_back({partition, {std::move(key), ledger::encode(record), {}}, std::move(done)});
}

void Gateway::submit(ledger::Partition partition, std::string key, ledger::CommandRecord record,
                     Done done) {
    const std::uint64_t sequence = next_sequence_++;
    record.origin = {node_, sequence};
    waiting_.emplace(sequence, Waiter{std::move(done), round_});
    if (auto problem = ledger::problem_of(record)) {
        executor_.post([alive = alive_, sequence, error = std::move(*problem)] {
            if (*alive != nullptr) (*alive)->fail(sequence, error);
        });
        return;
    }
    // Success is heard from the fold; only a failure is worth a hop to the engine thread.
    queue(
        partition, std::move(key), record,
        [alive = alive_, &executor = executor_, sequence](const Result<ledger::Offset>& appended) {
            if (appended) return;
            executor.post([alive, sequence, error = appended.error()] {
                if (*alive != nullptr) (*alive)->fail(sequence, error);
            });
        });
}

void Gateway::submit_logged(ledger::Partition partition, std::string key,
                            ledger::CommandRecord record, Logged done) {
    if (auto problem = ledger::problem_of(record)) {
        executor_.post(
            [done = std::move(done), error = std::move(*problem)] { done(tl::unexpected(error)); });
        return;
    }
    queue(partition, std::move(key), record,
          [&executor = executor_, done = std::move(done)](const Result<ledger::Offset>& appended) {
              executor.post([done, appended] { done(appended); });
          });
}

void Gateway::barrier(const std::vector<ledger::Partition>& partitions,
                      std::function<void(const Result<void>&)> done) {
    struct Pending {
        std::size_t left;
        Result<void> result;
        std::function<void(const Result<void>&)> done;
    };
    auto pending = std::make_shared<Pending>(Pending{partitions.size(), {}, std::move(done)});
    for (const ledger::Partition partition : partitions) {
        ledger::CommandRecord tick;
        tick.command = ledger::Tick{};
        submit(partition, {}, std::move(tick), [pending](const Result<Reply>& reply) {
            if (!reply) pending->result = tl::unexpected(reply.error());
            if (--pending->left == 0) pending->done(pending->result);
        });
    }
}

void Gateway::settle(ledger::Origin origin, const Reply& reply) {
    if (origin.node != node_) return;
    const auto found = waiting_.find(origin.sequence);
    if (found == waiting_.end()) return;
    const Done done = std::move(found->second.done);
    waiting_.erase(found);
    done(reply);
}

void Gateway::fail(std::uint64_t sequence, const Error& error) {
    const auto found = waiting_.find(sequence);
    if (found == waiting_.end()) return;
    const Done done = std::move(found->second.done);
    waiting_.erase(found);
    done(tl::unexpected(error));
}

void Gateway::expire() {
    std::vector<std::uint64_t> late;
    for (const auto& [sequence, waiter] : waiting_) {
        if (round_ - waiter.round >= 1) late.push_back(sequence);
    }
    ++round_;
    std::ranges::sort(late);
    for (const std::uint64_t sequence : late) {
        fail(sequence, {"outcome_unknown",
                        "The ledger did not answer in time; the request may have been recorded. "
                        "Retry with the same "
                        "Idempotency-Key."});
    }
}

void Gateway::abandon() {
    while (!waiting_.empty()) {
        fail(waiting_.begin()->first,
             {"shutting_down", "The server is stopping; retry with the same Idempotency-Key."});
    }
}

void Gateway::flush() {
    if (queued_.empty()) return;
    log_.append(std::exchange(queued_, {}));
}

}  // namespace quipu::ingest
