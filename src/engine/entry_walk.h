// A customer's ledger entries from the newest of a moment back, a few at a time: what comes
// meanwhile is not seen, what was there never changes.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "base/instant.h"
#include "base/result.h"
#include "ledger/entry.h"
#include "projections/account_fold.h"

namespace quipu::engine {

// Entries that one request may read: some seconds of work. Beyond: `history_too_long`.
inline constexpr std::size_t kMostEntriesRead = 1'000'000;

// `home` outlives this.
class EntryWalk {
public:
    // Until entries recorded before `earliest`, which are not shown.
    EntryWalk(projections::AccountFold& home, ledger::Offset newest, base::Instant earliest)
        : home_(home), at_(newest), earliest_(earliest) {}

    // Shows the next entries, at most a few; false when there are no more. `visit` ends the walk
    // with false. Codes: those of the state, `history_too_long`.
    using Visit = std::function<bool(const ledger::Entry&)>;
    [[nodiscard]] base::Result<bool> step(const Visit& visit);

private:
    projections::AccountFold& home_;
    ledger::Offset at_;
    base::Instant earliest_;
    std::size_t read_ = 0;
};

}  // namespace quipu::engine
