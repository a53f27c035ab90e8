// One explanation of an invoice on its way through the ledger: first the invoices before it, then
// the customer's entries, newest first.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/entry_walk.h"
#include "ledger/explain/line_evidence.h"
#include "ledger/explain/line_price.h"
#include "ledger/explain/seat_evidence.h"
#include "ledger/invoice.h"
#include "rating/rate_card.h"

namespace quipu::api {

// What was asked.
struct ExplainQuery {
    std::optional<std::size_t> line;           // only this one
    std::size_t limit = 0;                     // events per line
    std::optional<ledger::LineCursor> cursor;  // only a further page of the line's events
    std::string seat_cursor;                   // the same of the seats of a line that counts them
};

// One line and what was found of it. Fees and packs have neither evidence nor seats.
struct ExplainedLine {
    std::size_t index = 0;  // in the invoice
    std::unique_ptr<ledger::LineEvidence> evidence;
    std::unique_ptr<ledger::SeatEvidence> seats;
    std::optional<rating::RateCard> card;
    std::optional<ledger::ProratedPrice> prorated;
};

// The account and the book are read when it is made, `home` while it works; `home` outlives it.
class InvoiceExplainer {
public:
    // Codes: `position_unknown` (written by an older version, which did not say when).
    [[nodiscard]] static base::Result<InvoiceExplainer> make(projections::AccountFold& home,
                                                             const ledger::Account& account,
                                                             const ledger::CatalogBook& book,
                                                             ledger::Invoice invoice,
                                                             ExplainQuery query);

    // Does a little; false when all is known. Codes: those of the state, `position_unknown`,
    // `history_too_long`.
    [[nodiscard]] base::Result<bool> step();

    [[nodiscard]] const ledger::Invoice& invoice() const { return invoice_; }
    [[nodiscard]] const ExplainQuery& query() const { return query_; }
    // In the order of the invoice; after the last step.
    [[nodiscard]] const std::vector<ExplainedLine>& lines() const { return lines_; }

private:
    InvoiceExplainer(projections::AccountFold& home, const ledger::Account& account,
                     ledger::Invoice invoice, ExplainQuery query);
    void add_line(const ledger::Account& account, const ledger::CatalogBook& book,
                  std::size_t index);
    [[nodiscard]] base::Result<bool> read_earlier();
    void begin_entries();
    void take(const ledger::Entry& entry);

    projections::AccountFold& home_;
    const ledger::Account* account_;  // of the fold, which keeps it where it is
    ledger::Invoice invoice_;
    ExplainQuery query_;
    std::vector<ExplainedLine> lines_;
    std::vector<std::vector<ledger::EarlierBill>> earlier_;  // by line, newest first
    base::Instant earliest_;                                 // of what is to be read
    std::uint32_t next_earlier_ = 0;                         // sequence; 0 = none left
    ledger::Offset newest_ = projections::kNoEntry;
    std::unique_ptr<engine::EntryWalk> entries_;
    std::map<std::pair<ledger::MeterKey, base::Instant>, std::size_t> line_at_;  // usage lines
    std::map<ledger::MeterKey, std::vector<std::size_t>, ledger::MeterKeyLess> by_meter_;  // lines
    std::vector<std::size_t> touched_;  // scratch
    std::size_t kept_ = 0;              // events, of all lines
};

}  // namespace quipu::api
