// The fold of an account partition: every customer at home there, their timers, and the catalogs
// they bought from.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/entry.h"
#include "ledger/fold/handle.h"
#include "projections/account_table.h"
#include "projections/catalog_shelf.h"
#include "projections/event_history.h"
#include "projections/fold.h"
#include "projections/invoice_history.h"
#include "projections/partition_birth.h"
#include "projections/projection.h"

namespace quipu::projections {

struct AccountFoldOptions {
    std::int64_t dedupe_window_micros = kDefaultDedupeWindowMicros;
    ledger::RulesVersion known_rules = ledger::kNewestRules;
};

class AccountFold final : public Fold {
public:
    // `store` must outlive this; it is read at load, for answers to old duplicates and for invoices
    // that a command is about.
    AccountFold(ledger::Partition partition, StateStore& store, Decode decode,
                AccountFoldOptions options = {}, Projections projections = account_projections());

    [[nodiscard]] base::Result<void> load() override;
    [[nodiscard]] base::Result<void> fold(const ledger::StoredRecord& record,
                                          FoldSink& sink) override;
    void collect(WriteSet& set) override;
    void mark_saved(ledger::Offset next_offset) override;
    [[nodiscard]] ledger::RulesVersion rules() const override { return birth_.rules(); }
    [[nodiscard]] base::Instant clock() const override { return clock_; }
    [[nodiscard]] base::Instant next_due() const override { return accounts_.next_due(); }

    // Reads, for queries and checks on the same thread. Null: not at home here.
    [[nodiscard]] const ledger::Account* find(std::string_view organisation,
                                              std::string_view reference);
    [[nodiscard]] const ledger::CatalogBook& book(std::string_view organisation) const {
        return shelf_.find(organisation);
    }
    // Whether the record would change nothing, because it was folded before: its catalog version is
    // known, its event has an entry. Codes: those of the store, `row_corrupt`.
    [[nodiscard]] base::Result<bool> has_folded(const ledger::CommandRecord& record);
    [[nodiscard]] bool is_open() const { return birth_.is_open(); }
    [[nodiscard]] std::size_t accounts() const { return accounts_.size(); }

    // An account's history, newest first, also what the store does not show yet. `visit` ends it
    // with false. Error codes: those of the store, `state_corrupt`.
    using VisitInvoice = InvoiceHistory::Visit;
    [[nodiscard]] base::Result<void> visit_invoices(const ledger::Account& account,
                                                    const VisitInvoice& visit) const {
        return invoices_.visit(account, visit);
    }
    [[nodiscard]] base::Result<std::optional<ledger::Invoice>> find_invoice(
        const ledger::Account& account, std::uint32_t sequence) const {
        return invoices_.find(account, sequence);
    }
    // A read model of this partition; null: it has none of that class.
    template <typename Model>
    [[nodiscard]] const Model* read_model() const {
        for (const auto& each : projections_) {
            if (const auto* model = dynamic_cast<const Model*>(each.get())) return model;
        }
        return nullptr;
    }
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
    void fire_timers(FoldSink& sink);
    // `position`: entries with a smaller offset came before the effects.
    void publish(AccountSlot& slot, const ledger::Entry* entry, ledger::Effects& effects,
                 ledger::Offset position, FoldSink& sink);
    static void publish_invoice(const ledger::Invoice& invoice, bool settled, FoldSink& sink);

    [[nodiscard]] base::Result<void> fold_command(const ledger::StoredRecord& stored,
                                                  ledger::CommandRecord& record, FoldSink& sink);
    [[nodiscard]] base::Result<void> fold_genesis(const ledger::Genesis& genesis);
    [[nodiscard]] base::Result<void> adopt(const ledger::AdoptRules& adopted);
    [[nodiscard]] bool may_open(const ledger::CommandRecord& record,
                                const ledger::OpenAccount& open);
    void refuse_names(const ledger::StoredRecord& stored, FoldSink& sink) const;
    [[nodiscard]] base::Result<void> fold_event(const ledger::StoredRecord& stored,
                                                ledger::CommandRecord& record, FoldSink& sink);
    [[nodiscard]] base::Result<void> open_account(const ledger::StoredRecord& stored,
                                                  ledger::CommandRecord& record,
                                                  const ledger::OpenAccount& open, FoldSink& sink);
    // What tells one event of an account from all others, and what it asked.
    struct EventName {
        base::Fingerprint id;
        std::uint64_t content = 0;
    };
    [[nodiscard]] EventName name_of_event(const ledger::Account& account,
                                          const ledger::CommandRecord& record);
    [[nodiscard]] base::Result<void> fold_known(AccountSlot& slot,
                                                const ledger::StoredRecord& stored,
                                                ledger::CommandRecord& record, FoldSink& sink);
    void fold_in(AccountSlot& slot, const ledger::StoredRecord& stored,
                 ledger::CommandRecord& record, const EventName& name, ledger::Handled&& handled,
                 FoldSink& sink);
    void answer(const ledger::StoredRecord& stored, const ledger::CommandRecord& record,
                const ledger::Outcome& outcome, std::string_view customer, FoldSink& sink,
                const ledger::Entry* first = nullptr);

    const ledger::Partition partition_;
    StateStore& store_;
    const Decode decode_;
    PartitionBirth birth_;
    CatalogShelf shelf_;
    AccountTable accounts_;
    EventHistory history_;
    InvoiceHistory invoices_;
    const Projections projections_;
    base::Instant clock_;
    ledger::Offset folding_ = 0;  // of the record being folded
};

}  // namespace quipu::projections
