// Drives one partition: polls its log in slices, folds, keeps the outbox, and writes behind.
//
// Owned by the engine thread. `drain` folds for at most a slice, so that a check never waits behind
// a long batch; the store's thread writes rows and position together. After a crash the fold
// resumes at the stored position; no other position counts.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ledger/log/log.h"
#include "projections/dedupe/dedupe.h"
#include "projections/fold.h"
#include "projections/store/state_writer.h"

namespace quipu::projections {

// Takes effects out of the fold. `id` names the outbox row; call `PartitionRunner::delivered(id)`
// once the effect is durable elsewhere. It will be handed over again after a restart until then.
class Outbox {
public:
    virtual ~Outbox() = default;
    virtual void deliver(const std::string& id, Effect effect) = 0;
};

// Hears every answer of the fold.
class AnswerSink {
public:
    virtual ~AnswerSink() = default;
    virtual void answered(const Answer& answer) = 0;
};

struct RunnerOptions {
    std::int64_t dedupe_window_micros = kDefaultDedupeWindowMicros;
    std::size_t slice_records = 256;  // folded between two looks at the clock
    std::size_t write_after_records = 100'000;
    bool keep_outbox =
        true;  // false in a replay: nothing is delivered, so nothing waits for delivery
};

class PartitionRunner final : private FoldSink {
public:
    // All must outlive this. `fold` has been loaded from `store`. `outbox` may be null when the
    // outbox is not kept.
    PartitionRunner(ledger::Partition partition, ledger::Log& log, StateStore& store, Fold& fold,
                    Outbox* outbox, AnswerSink& answers, RunnerOptions options);
    ~PartitionRunner() override;

    // Opens the log at the stored position. `wake` is called from any thread when drain has
    // something to do. Error codes: `log_truncated` when the record before the position is gone or
    // is not the one that was folded.
    [[nodiscard]] base::Result<void> start(std::function<void()> wake);
    // Until then effects only become outbox rows: what a crash or a lost state made anew has mostly
    // been delivered before. Hands over every row of the outbox, then every effect as it comes.
    // Call once, when caught up.
    [[nodiscard]] base::Result<void> begin_delivery();

    // Folds one slice. True: there is more. An error ends the partition: nothing is folded after
    // it, and nothing of it is written; what was written before is folded on from at the next
    // start. `log_unavailable` passes: nothing was folded, ask again.
    [[nodiscard]] base::Result<bool> drain();
    void delivered(const std::string& id);

    // Gives what has changed to the writer if it has room and there is something; call about once a
    // second.
    void write_behind();
    // Writes everything and waits.
    [[nodiscard]] base::Result<void> flush();

    [[nodiscard]] ledger::Partition partition() const { return partition_; }
    [[nodiscard]] ledger::Offset next_offset() const { return position_.next_offset; }
    [[nodiscard]] Position position() const { return position_; }
    [[nodiscard]] std::uint64_t folded() const { return folded_; }
    [[nodiscard]] StateStore& store() { return store_; }

private:
    void answered(const Answer& answer) override { answers_.answered(answer); }
    void emit(Effect effect) override;
    void advance(const ledger::StoredRecord& record);
    [[nodiscard]] base::Result<void> check_anchor();

    const ledger::Partition partition_;
    ledger::Log& log_;
    StateStore& store_;
    Fold& fold_;
    Outbox* const outbox_;
    AnswerSink& answers_;
    const RunnerOptions options_;

    Position position_;
    Position written_;
    std::unique_ptr<ledger::LogReader> reader_;
    std::vector<ledger::StoredRecord> batch_;
    std::uint64_t folded_ = 0;
    std::size_t since_write_ = 0;

    ledger::Offset folding_ = 0;  // of the record being folded
    std::uint32_t effect_of_record_ = 0;
    std::vector<std::pair<std::string, Effect>>
        undelivered_;  // of this slice, handed over when it ends
    bool delivering_ = false;
    bool halted_ = false;                                            // a record could not be folded
    std::map<std::string, std::optional<std::string>> outbox_rows_;  // to be written

    StateWriter writer_;  // last: its thread uses the store
};

}  // namespace quipu::projections
