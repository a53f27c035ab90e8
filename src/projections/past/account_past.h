// One customer's account as it was: the account fold again, from the log's first record, on a
// scratch state that nothing leaves.
//
// It is the same fold, so that an answer about the past follows the same rules as one about now.
// The accounts of a partition do not know of each other; of everybody else's records only their
// moment counts, which moves the partition's clock and with it this customer's timers. They are
// folded as ticks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "projections/account_fold.h"
#include "projections/dedupe/dedupe.h"
#include "projections/past/past_store.h"

namespace quipu::projections {

// Whose past.
struct PastSubject {
    std::string organisation;
    // Every name that a record may call the account by now: its id, the caller's own id, its
    // e-mail.
    std::vector<std::string> names;
};

struct PastOptions {
    std::int64_t dedupe_window_micros = kDefaultDedupeWindowMicros;  // the live fold's
    std::size_t save_after_records = 50'000;  // of the subject; between two looks at the limits
    PastStore::Limits limits;
};

// Memory: what the account itself takes, and what PastStore says. Owned and used by one thread.
class AccountPast final : private FoldSink {
public:
    AccountPast(ledger::Partition partition, PastSubject subject, Decode decode,
                PastOptions options);

    // The records of the partition, in order, from the very first one. Error codes:
    // `history_too_long`, after which there is no state.
    [[nodiscard]] base::Result<void> fold(const ledger::StoredRecord& stored);

    // Knows the subject alone, and whoever's name differs from the subject's in case only.
    [[nodiscard]] AccountFold& state() { return fold_; }

private:
    void answered(const Answer&) override {}
    void emit(Effect) override {}

    [[nodiscard]] bool is_subject(std::string_view name) const;
    [[nodiscard]] bool concerns_subject(const ledger::CommandRecord& record) const;
    void learn_names(const ledger::CommandRecord& record);
    [[nodiscard]] base::Result<void> save();

    PastSubject subject_;  // with the names that the account had before
    const Decode decode_;
    const PastOptions options_;
    PastStore store_;
    ledger::CommandRecord decoded_;  // the record that fold_ is about to decode
    AccountFold fold_;
    ledger::Offset next_offset_ = 0;
    std::size_t unsaved_ = 0;
};

}  // namespace quipu::projections
