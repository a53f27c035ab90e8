// What was answered to which event id: exact duplicates with their first answer, and the ledger
// entries behind them.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/fingerprint.h"
#include "base/siphash.h"
#include "ledger/entry.h"
#include "projections/dedupe/dedupe.h"
#include "projections/store/state_store.h"

namespace quipu::projections {

// Entries are stored in the order of the log, so that writing them is appending; each names the one
// before it of the same account, and the account knows its last. One per partition, of its fold's
// thread. Event ids are scoped to an account (organisation and customer; an empty customer for the
// control partition).
inline constexpr ledger::Offset kNoEntry = -1;

class EventHistory {
public:
    // `store` must outlive this.
    EventHistory(StateStore& store, std::int64_t window_micros)
        : store_(store), dedupe_(store, window_micros) {}

    [[nodiscard]] base::Result<void> load(const Position& position) {
        return dedupe_.load(position);
    }
    // From the genesis record; before the first event.
    void set_key(const base::SipKey& key) { key_ = key; }

    [[nodiscard]] base::Fingerprint fingerprint(std::string_view organisation,
                                                std::string_view customer, std::string_view id);
    // Worth calling a little before `find`.
    void prefetch(const base::Fingerprint& id) const { dedupe_.prefetch(id); }
    // The first event with this id, if it was seen within the window before `now`. Codes: those of
    // the store, `row_corrupt`; without an answer a duplicate cannot be told.
    [[nodiscard]] base::Result<std::optional<ledger::Entry>> find(const base::Fingerprint& id,
                                                                  ledger::Offset current,
                                                                  base::Instant now);
    // The event has happened: from now on its id is taken. `previous` is the account's entry before
    // this one, kNoEntry for its first.
    void remember(const base::Fingerprint& id, ledger::Offset previous, const ledger::Entry& entry);
    // The event was refused: there is an entry of it, and its id stays free
    // (docs/contract/requests-and-errors.md#refusals).
    void record(ledger::Offset previous, const ledger::Entry& entry);

    struct Linked {
        ledger::Entry entry;
        ledger::Offset previous = kNoEntry;
    };
    // The entry at an offset, also one that the store does not show yet. Codes: `row_corrupt`
    // (there is none, or it is not readable) and those of the store.
    [[nodiscard]] base::Result<Linked> read(ledger::Offset offset) const;
    void collect(WriteSet& set);
    void mark_saved(ledger::Offset next_offset);

private:
    struct Pending {
        ledger::Offset offset = 0;
        std::string_view value;  // in a block
    };
    // The values lie one behind the other: no allocation per event.
    struct Block {
        std::string bytes;  // never grows beyond what it reserved
        ledger::Offset last = 0;
    };
    [[nodiscard]] std::string_view keep(ledger::Offset offset, std::string_view value);

    StateStore& store_;
    DedupeIndex dedupe_;
    base::SipKey key_{};
    std::string scope_;            // scratch
    base::ByteWriter row_;         // scratch
    std::deque<Pending> pending_;  // entries the store does not show yet, by offset
    std::deque<Block> blocks_;     // of their values, oldest first
    std::vector<Row>
        uncollected_;  // the same as rows; made as events come, so that a collect is short
};

}  // namespace quipu::projections
