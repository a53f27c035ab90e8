// The fold of the control partition: who is who, held whole, and what account partitions have to
// hear of it.
#pragma once

#include <string>
#include <vector>

#include "ledger/control/control.h"
#include "projections/event_history.h"
#include "projections/fold.h"
#include "projections/identity_rows.h"
#include "projections/partition_birth.h"

namespace quipu::projections {

class ControlFold final : public Fold {
public:
    // `store` must outlive this.
    ControlFold(ledger::Partition partition, StateStore& store, Decode decode,
                std::int64_t dedupe_window_micros,
                ledger::RulesVersion known_rules = ledger::kNewestRules);

    [[nodiscard]] base::Result<void> load() override;
    [[nodiscard]] base::Result<void> fold(const ledger::StoredRecord& record,
                                          FoldSink& sink) override;
    void collect(WriteSet& set) override;
    void mark_saved(ledger::Offset next_offset) override;
    [[nodiscard]] ledger::RulesVersion rules() const override { return birth_.rules(); }
    [[nodiscard]] base::Instant clock() const override { return clock_; }
    [[nodiscard]] base::Instant next_due() const override { return base::kEndOfTime; }

    [[nodiscard]] const ledger::ControlState& state() const { return state_; }
    [[nodiscard]] bool is_open() const { return birth_.is_open(); }
    [[nodiscard]] const ledger::Genesis& genesis() const { return birth_.genesis(); }

private:
    [[nodiscard]] base::Result<void> fold_command(const ledger::StoredRecord& stored,
                                                  const ledger::CommandRecord& record,
                                                  FoldSink& sink);
    [[nodiscard]] base::Result<void> decide_and_apply(const ledger::StoredRecord& stored,
                                                      const ledger::CommandRecord& record,
                                                      FoldSink& sink);
    void forward(const ledger::Forward& forward, FoldSink& sink) const;
    void notify(const ledger::Customer& customer, const ledger::Outcome& outcome,
                ledger::Offset offset, FoldSink& sink) const;
    void answer(const ledger::StoredRecord& stored, const ledger::CommandRecord& record,
                const ledger::Outcome& outcome, FoldSink& sink,
                const ledger::Entry* first = nullptr) const;

    const ledger::Partition partition_;
    StateStore& store_;
    const Decode decode_;
    EventHistory history_;
    PartitionBirth birth_;
    base::Instant clock_;
    ledger::ControlState state_;
    IdentityRows rows_;
};

}  // namespace quipu::projections
