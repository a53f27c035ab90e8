// The fold of an account partition: every customer at home there, their timers, and the catalogs
// they bought from.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ledger/entry.h"
#include "ledger/fold/handle.h"
#include "projections/event_history.h"
#include "projections/fold.h"

namespace quipu::projections {

class AccountFold final : public Fold {
public:
    // `store` must outlive this; it is read at load, and for answers to old duplicates.
    AccountFold(ledger::Partition partition, StateStore& store, Decode decode,
                std::int64_t dedupe_window_micros);

    [[nodiscard]] base::Result<void> load() override;
    void fold(const ledger::StoredRecord& record, FoldSink& sink) override;
    void collect(WriteSet& set) override;
    void mark_saved(ledger::Offset next_offset) override;
    [[nodiscard]] base::Instant clock() const override { return clock_; }
    [[nodiscard]] base::Instant next_due() const override;

    // Reads, for queries and checks on the same thread. Null: not at home here.
    [[nodiscard]] const ledger::Account* find(std::string_view organisation,
                                              std::string_view reference);
    [[nodiscard]] const ledger::CatalogBook& book(std::string_view organisation) const;
    // Whether the record would change nothing, because it was folded before: its account is open,
    // its catalog version is known, its event id was seen.
    [[nodiscard]] bool has_folded(const ledger::CommandRecord& record);
    [[nodiscard]] bool is_open() const { return open_; }
    [[nodiscard]] std::size_t accounts() const { return accounts_.size(); }

    // An account's history, newest first, also what the store does not show yet. `visit` ends it
    // with false. Error codes: those of the store, `state_corrupt`.
    using VisitInvoice = std::function<bool(const ledger::Invoice&)>;
    [[nodiscard]] base::Result<void> visit_invoices(const ledger::Account& account,
                                                    const VisitInvoice& visit);
    [[nodiscard]] base::Result<std::optional<ledger::Invoice>> find_invoice(
        const ledger::Account& account, std::uint32_t sequence);
    // Only entries with a smaller offset than `before`.
    using VisitEntry = std::function<bool(const ledger::Entry&)>;
    [[nodiscard]] base::Result<void> visit_entries(const ledger::Account& account,
                                                   ledger::Offset before, const VisitEntry& visit);
    // The same one by one: each entry names the one before it, kNoEntry comes before the first.
    // Only offsets that an account's chain has named may be read.
    [[nodiscard]] ledger::Offset newest_entry(const ledger::Account& account);
    [[nodiscard]] base::Result<EventHistory::Linked> read_entry(ledger::Offset offset) const {
        return history_.read(offset);
    }
    // What only this ledger can make of a text, for one account: seals what is given to clients to
    // be brought back.
    [[nodiscard]] base::Fingerprint seal(const ledger::Account& account, std::string_view text) {
        return history_.fingerprint(account.organisation, account.id,
                                    std::string("\0seal\0", 6).append(text));
    }

private:
    struct Slot {
        ledger::Account account;
        ledger::CatalogBook* book = nullptr;
        std::string prefix;  // of its rows' keys
        base::Instant timer = base::kEndOfTime;
        ledger::Offset last_entry = kNoEntry;    // head of the account's chain of entries
        ledger::Offset stored_entry = kNoEntry;  // the same, as the last write set says
        bool touched = false;
    };
    using Timer = std::pair<base::Instant, Slot*>;
    // By moment, then by account: never by address.
    struct TimerLess {
        bool operator()(const Timer& a, const Timer& b) const {
            return a.first != b.first ? a.first < b.first : a.second->prefix < b.second->prefix;
        }
    };

    [[nodiscard]] Slot* find_slot(std::string_view organisation, std::string_view reference);
    [[nodiscard]] ledger::CatalogBook& book_of(std::string_view organisation);
    Slot& insert(ledger::Account account);
    void touch(Slot& slot);
    void fire_timers(FoldSink& sink);
    // `position`: entries with a smaller offset came before the effects.
    void publish(Slot& slot, ledger::Effects& effects, ledger::Offset position, FoldSink& sink);
    void publish_invoice(Slot& slot, const ledger::Invoice& invoice, bool settled, FoldSink& sink);

    void fold_command(const ledger::StoredRecord& stored, ledger::CommandRecord& record,
                      FoldSink& sink);
    void fold_genesis(const ledger::Genesis& genesis);
    void fold_catalog(const ledger::StoredRecord& stored, const ledger::CommandRecord& record);
    void fold_settings(const ledger::CommandRecord& record);
    [[nodiscard]] bool may_open(const ledger::CommandRecord& record,
                                const ledger::OpenAccount& open);
    void fold_event(const ledger::StoredRecord& stored, ledger::CommandRecord& record,
                    FoldSink& sink);
    // What tells one event of an account from all others, and what it asked.
    struct EventName {
        base::Fingerprint id;
        std::uint64_t content = 0;
    };
    [[nodiscard]] EventName name_of_event(const ledger::Account& account,
                                          const ledger::CommandRecord& record);
    void fold_known(Slot& slot, const ledger::StoredRecord& stored, ledger::CommandRecord& record,
                    FoldSink& sink);
    void fold_in(Slot& slot, const ledger::StoredRecord& stored, ledger::CommandRecord& record,
                 const EventName& name, ledger::Handled&& handled, FoldSink& sink);
    void answer(const ledger::StoredRecord& stored, const ledger::CommandRecord& record,
                const ledger::Outcome& outcome, std::string_view customer, FoldSink& sink,
                const ledger::Entry* first = nullptr);

    [[nodiscard]] base::Result<void> load_meta();
    [[nodiscard]] base::Result<void> load_catalogs();
    [[nodiscard]] base::Result<void> load_settings();
    [[nodiscard]] base::Result<void> load_accounts();
    [[nodiscard]] base::Result<void> load_parts();
    void collect_account(Slot& slot, WriteSet& set);

    const ledger::Partition partition_;
    StateStore& store_;
    const Decode decode_;
    EventHistory history_;

    bool open_ = false;  // has its genesis record
    ledger::Genesis genesis_;
    base::Instant clock_;
    std::map<std::string, ledger::CatalogBook, std::less<>> books_;    // by organisation
    std::unordered_map<std::string, std::unique_ptr<Slot>> accounts_;  // by `organisation \0 id`
    boost::unordered_flat_map<std::string, Slot*>
        aliases_;  // by `organisation \0 id, external id or e-mail`
    std::set<Timer, TimerLess> timers_;
    std::vector<Slot*> touched_;
    // Rows to be written that no other list says, by table and key: the last value counts.
    std::map<std::pair<Table, std::string>, std::string> changed_rows_;
    struct UnsavedInvoice {
        ledger::Offset offset = 0;  // of the record that wrote it last
        std::string value;
    };
    // By row key: those that the store may not show yet, or not as they are now.
    std::map<std::string, UnsavedInvoice, std::less<>> unsaved_invoices_;
    ledger::Offset folding_ = 0;  // of the record being folded
    std::string scratch_;
};

}  // namespace quipu::projections
