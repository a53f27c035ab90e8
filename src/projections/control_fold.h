// The fold of the control partition: who is who, held whole, and what account partitions have to
// hear of it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ledger/control/control.h"
#include "projections/event_history.h"
#include "projections/fold.h"

namespace quipu::projections {

class ControlFold final : public Fold {
public:
    // `store` must outlive this.
    ControlFold(ledger::Partition partition, StateStore& store, Decode decode,
                std::int64_t dedupe_window_micros);

    [[nodiscard]] base::Result<void> load() override;
    void fold(const ledger::StoredRecord& record, FoldSink& sink) override;
    void collect(WriteSet& set) override;
    void mark_saved(ledger::Offset next_offset) override;
    [[nodiscard]] base::Instant clock() const override { return clock_; }
    [[nodiscard]] base::Instant next_due() const override { return base::kEndOfTime; }

    [[nodiscard]] const ledger::ControlState& state() const { return state_; }
    [[nodiscard]] bool is_open() const { return open_; }
    [[nodiscard]] const ledger::Genesis& genesis() const { return genesis_; }

private:
    void fold_command(const ledger::StoredRecord& stored, const ledger::CommandRecord& record,
                      FoldSink& sink);
    void decide_and_apply(const ledger::StoredRecord& stored, const ledger::CommandRecord& record,
                          FoldSink& sink);
    void forward(const ledger::Forward& forward, FoldSink& sink) const;
    void changed(const ledger::ControlEvent& event);
    void notify(const ledger::Customer& customer, const ledger::Outcome& outcome,
                ledger::Offset offset, FoldSink& sink) const;
    void answer(const ledger::StoredRecord& stored, const ledger::CommandRecord& record,
                const ledger::Outcome& outcome, FoldSink& sink,
                const ledger::Entry* first = nullptr) const;
    [[nodiscard]] base::Result<void> load_rows();

    const ledger::Partition partition_;
    StateStore& store_;
    const Decode decode_;
    EventHistory history_;
    bool open_ = false;
    ledger::Genesis genesis_;
    base::Instant clock_;
    ledger::ControlState state_;
    bool genesis_unsaved_ = false;
    // Keys of what changed since the last collect.
    std::set<std::string> unsaved_organisations_;
    std::set<std::string> unsaved_keys_;
    std::set<std::string> unsaved_customers_;          // `organisation \0 id`
    std::set<std::string> unsaved_webhook_endpoints_;  // `organisation \0 id`; deleted ones too
    // Rows to be written that no other list says, by table and key: the last value counts.
    std::map<std::pair<Table, std::string>, std::string> changed_rows_;
};

}  // namespace quipu::projections
