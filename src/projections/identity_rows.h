// The control partition's state as rows: who is who, and what is sold.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/instant.h"
#include "base/result.h"
#include "ledger/control/control.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

// Of its fold's thread.
class IdentityRows {
public:
    // Codes: those of the store, `state_corrupt`.
    [[nodiscard]] static base::Result<void> load(StateStore& store, ledger::ControlState& state);
    // `event` has been applied; `at` is the partition's clock.
    void changed(const ledger::ControlEvent& event, base::Instant at);
    void collect(const ledger::ControlState& state, WriteSet& set);

private:
    // Keys of what changed since the last collect.
    std::set<std::string> organisations_;
    std::set<std::string> keys_;
    std::set<std::string> customers_;          // `organisation \0 id`
    std::set<std::string> webhook_endpoints_;  // `organisation \0 id`; deleted ones too
    // Rows to be written that no other list says, by table and key: the last value counts.
    std::map<std::pair<Table, std::string>, std::string> changed_rows_;
};

}  // namespace quipu::projections
