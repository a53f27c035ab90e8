// The fold of one partition: records in, answers and effects out, rows for the write-behind in
// between.
//
// Two kinds: account_fold (topic events) and control_fold. Both are deterministic: the same records
// make the same rows, answers and effects, live or in a replay. No clock but that of the records,
// no I/O but reading old rows.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "base/instant.h"
#include "base/result.h"
#include "ledger/command.h"
#include "ledger/log/log.h"
#include "ledger/outcome.h"
#include "ledger/payment.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

// Decodes a stored record, protobuf or CloudEvents by its content type. Errors have a stable code.
using Decode = std::function<base::Result<ledger::CommandRecord>(const ledger::StoredRecord&)>;

// The answer to one record. Borrowed: valid during the call.
struct Answer {
    ledger::Partition partition;
    ledger::Offset offset = 0;  // where the event is: of a duplicate, where it came first
    base::Instant recorded_at;
    const ledger::CommandRecord& record;
    const ledger::Outcome& outcome;
    bool duplicate = false;
    std::string_view customer;  // cus_…, where one is known
};

// To be appended to another partition; sending it twice is harmless, because its record has an id
// derived from what it is.
struct SendRecord {
    ledger::Partition to;
    ledger::NewRecord record;
};

// A record of a customer that is not at home here: the router finds the home, or puts the record
// aside.
struct RouteRecord {
    ledger::Partition from;
    ledger::Offset offset = 0;
    ledger::CommandRecord record;
};

// A call of the payment provider. Its answer comes back as a record, so that the fold knows when
// the call is settled; to call again before that is harmless, because the intent's id goes with it.
struct CallProvider {
    ledger::ProviderCall call;
};

using Effect = std::variant<SendRecord, RouteRecord, CallProvider>;

class FoldSink {
public:
    virtual ~FoldSink() = default;
    virtual void answered(const Answer& answer) = 0;
    virtual void emit(Effect effect) = 0;
};

// What could not be folded, as a record of the dead-letter topic: the original with where it was
// and why.
[[nodiscard]] SendRecord dead_letter(ledger::Partition from, const ledger::StoredRecord& record,
                                     base::ErrorCode code, std::string_view reason);

// Owned and called by one thread.
class Fold {
public:
    virtual ~Fold() = default;

    // Rebuilds the state from the store's rows; once, before all else.
    [[nodiscard]] virtual base::Result<void> load() = 0;
    // An error ends the partition: what is in memory is of no use any more, and nothing of it may
    // be collected. Codes: `rules_unknown` (the log goes on under rules of a later release), and
    // those of the store, whose rows are read while folding.
    [[nodiscard]] virtual base::Result<void> fold(const ledger::StoredRecord& record,
                                                  FoldSink& sink) = 0;
    // Adds every row changed since the last call to `set`, the seen ids too, and marks them saved.
    virtual void collect(WriteSet& set) = 0;
    // The store shows everything before `next_offset`.
    virtual void mark_saved(ledger::Offset next_offset) = 0;

    // The version of the rules that it goes on under.
    [[nodiscard]] virtual ledger::RulesVersion rules() const = 0;

    // The partition's clock: never falls.
    [[nodiscard]] virtual base::Instant clock() const = 0;
    // When the next timer is due; kEndOfTime when none is.
    [[nodiscard]] virtual base::Instant next_due() const = 0;
};

}  // namespace quipu::projections
