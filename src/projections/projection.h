// A read model of an account partition: rows that follow from what was folded, beside the accounts.
//
// A new one is a class of this kind and one line in account_projections.cc. Its rows are in the
// digest like all others, and `quipu replay` rebuilds them.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/entry.h"
#include "ledger/fold/handle.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

// What one record, or one timer, has done to one account. Borrowed: valid during the call.
struct Folded {
    ledger::Offset offset = 0;       // of the record that is being folded
    const ledger::Account& account;  // as it is now
    std::string_view prefix;         // of its rows' keys (row_keys.h)
    const ledger::Entry* entry;  // null: a timer, or an account that has just been opened by one
    const ledger::Effects& effects;
};

// Of its fold's thread. Deterministic: the same records make the same rows.
class Projection {
public:
    virtual ~Projection() = default;

    // What it has to know of its own rows before the first record; most know nothing.
    [[nodiscard]] virtual base::Result<void> load(StateStore&) { return {}; }
    virtual void project(const Folded& folded) = 0;
    // Adds every row changed since the last call.
    virtual void collect(WriteSet& set) = 0;
    // The store shows everything before `next_offset`: what was kept to be read until then may go.
    virtual void mark_saved(ledger::Offset) {}
};

using Projections = std::vector<std::unique_ptr<Projection>>;

// Those that every account partition has.
[[nodiscard]] Projections account_projections();

}  // namespace quipu::projections
