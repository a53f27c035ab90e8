// What both kinds of fold know of their partition itself: that its ledger was made, and under which
// rules it goes on.
#pragma once

#include <optional>

#include "base/result.h"
#include "ledger/command.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

// Of its fold's thread.
class PartitionBirth {
public:
    // `known`: the newest rules that this program has.
    explicit PartitionBirth(ledger::RulesVersion known) : known_(known) {}

    [[nodiscard]] bool is_open() const { return genesis_.has_value(); }
    // Only of an open partition.
    [[nodiscard]] const ledger::Genesis& genesis() const { return *genesis_; }
    [[nodiscard]] ledger::RulesVersion rules() const { return rules_; }

    // The first genesis counts. Code: `rules_unknown`.
    [[nodiscard]] base::Result<void> open(const ledger::Genesis& genesis);
    // Never goes back: a version that is not newer changes nothing. Code: `rules_unknown`.
    [[nodiscard]] base::Result<void> adopt(const ledger::AdoptRules& adopted);

    // Codes: those of the store, `state_corrupt`, `rules_unknown`.
    [[nodiscard]] base::Result<void> load(StateStore& store);
    void collect(WriteSet& set);

private:
    [[nodiscard]] base::Result<void> check_known(ledger::RulesVersion version,
                                                 const std::string& release) const;

    const ledger::RulesVersion known_;
    std::optional<ledger::Genesis> genesis_;
    ledger::RulesVersion rules_ = 1;
    std::optional<ledger::AdoptRules> adopted_;
    bool genesis_unsaved_ = false;
    bool rules_unsaved_ = false;
};

}  // namespace quipu::projections
