#include "api/billing/invoice_explainer.h"

#include <algorithm>

namespace quipu::api {
namespace {

using base::Instant;
using base::Result;
using ledger::Invoice;
using ledger::InvoiceLine;
using ledger::LineKind;

// Events in one answer, whatever number of lines share it.
constexpr std::size_t kMostEvents = 1000;
constexpr int kInvoicesPerStep = 4;

tl::unexpected<base::Error> position_unknown(const Invoice& invoice) {
    return base::fail("position_unknown",
                      "Invoice " + invoice.id +
                          " was written by a version that did not keep its place in the ledger; "
                          "rebuild the state from the log with `quipu replay`.");
}

std::pair<ledger::MeterKey, Instant> window_of(const InvoiceLine& line) {
    return {{line.subscription, line.feature, line.entity}, line.period.start};
}

bool is_void(const Invoice& invoice) {
    return invoice.status == ledger::InvoiceStatus::Void;
}

}  // namespace

InvoiceExplainer::InvoiceExplainer(projections::AccountFold& home, const ledger::Account& account,
                                   Invoice invoice, ExplainQuery query)
    : home_(home),
      account_(home.find(account.organisation, account.id)),
      invoice_(std::move(invoice)),
      query_(std::move(query)),
      earliest_(base::kEndOfTime),
      newest_(query_.cursor ? query_.cursor->offset : home.newest_entry(account)) {}

Result<InvoiceExplainer> InvoiceExplainer::make(projections::AccountFold& home,
                                                const ledger::Account& account,
                                                const ledger::CatalogBook& book, Invoice invoice,
                                                ExplainQuery query) {
    InvoiceExplainer made(home, account, std::move(invoice), std::move(query));
    for (std::size_t index = 0; index < made.invoice_.lines.size(); ++index) {
        if (!made.query_.line || *made.query_.line == index) made.add_line(account, book, index);
    }
    const bool reads = made.earliest_ != base::kEndOfTime;
    if (reads && !made.invoice_.issued_position) return position_unknown(made.invoice_);
    if (reads) made.next_earlier_ = made.invoice_.sequence - 1;
    return made;
}

void InvoiceExplainer::add_line(const ledger::Account& account, const ledger::CatalogBook& book,
                                std::size_t index) {
    const InvoiceLine& line = invoice_.lines[index];
    ExplainedLine explained;
    explained.index = index;
    if (line.kind == LineKind::Proration)
        explained.prorated = ledger::prorated_price(account, book, invoice_, line);
    if (line.kind == LineKind::Usage) {
        line_at_[window_of(line)] = lines_.size();
        if (const rating::RateCard* card = ledger::card_of(account, book, line))
            explained.card = *card;
        const ledger::Feature* feature = find_feature(book.newest(), line.feature);
        earliest_ = std::min(earliest_, line.period.start);
        if (feature != nullptr && is_seats(*feature)) {
            const bool bills_all =
                explained.card && explained.card->usage_model == rating::UsageModel::UsageBased;
            explained.seats = std::make_unique<ledger::SeatEvidence>(
                account, line, invoice_.issued_position.value_or(0), bills_all);
            earliest_ = std::min(earliest_, explained.seats->earliest());
        }
    }
    lines_.push_back(std::move(explained));
    earlier_.emplace_back();
}

Result<bool> InvoiceExplainer::step() {
    if (earliest_ == base::kEndOfTime) return false;
    if (next_earlier_ != 0) return read_earlier();
    if (entries_ == nullptr) begin_entries();
    const bool one_page = query_.cursor.has_value();
    return entries_->step([&](const ledger::Entry& entry) {
        take(entry);
        return !one_page || !lines_.front().evidence->is_full();
    });
}

// From the newest back, to those that were issued before any of the windows could begin.
Result<bool> InvoiceExplainer::read_earlier() {
    for (int i = 0; i < kInvoicesPerStep && next_earlier_ != 0; ++i) {
        const auto found = home_.find_invoice(*account_, next_earlier_--);
        if (!found) return tl::unexpected(found.error());
        if (!*found) continue;
        const Invoice& earlier = **found;
        if (earlier.issued_at.micros < earliest_.micros - ledger::kFutureToleranceMicros) {
            next_earlier_ = 0;
            return true;
        }
        for (const InvoiceLine& billed : earlier.lines) {
            const InvoiceLine* same = &billed;
            const auto found_line = line_at_.find(window_of(billed));
            if (billed.kind != LineKind::Usage || found_line == line_at_.end()) continue;
            const std::size_t at = found_line->second;
            if (!earlier.issued_position || (is_void(earlier) && !earlier.settled_position))
                return position_unknown(earlier);
            ledger::EarlierBill bill{earlier.id,         earlier.number,           same->quantity,
                                     same->amount_minor, *earlier.issued_position, std::nullopt};
            if (is_void(earlier)) bill.voided = earlier.settled_position;
            earlier_[at].push_back(std::move(bill));
        }
    }
    return true;
}

void InvoiceExplainer::begin_entries() {
    for (std::size_t at = 0; at < lines_.size(); ++at) {
        const InvoiceLine& line = invoice_.lines[lines_[at].index];
        if (line.kind != LineKind::Usage) continue;
        std::ranges::reverse(earlier_[at]);
        lines_[at].evidence = std::make_unique<ledger::LineEvidence>(
            line, ledger::billed_part(std::move(earlier_[at]), *invoice_.issued_position),
            query_.limit);
        if (query_.cursor) lines_[at].evidence->start_at(*query_.cursor);
        by_meter_[{line.subscription, line.feature, line.entity}].push_back(at);
    }
    entries_ = std::make_unique<engine::EntryWalk>(
        home_, newest_, Instant{earliest_.micros - ledger::kFutureToleranceMicros});
}

void InvoiceExplainer::take(const ledger::Entry& entry) {
    touched_.clear();
    for (const ledger::Posting& posting : entry.postings) {
        const auto found = by_meter_.find(posting.meter);
        if (found == by_meter_.end()) continue;
        for (const std::size_t at : found->second) {
            if (std::ranges::find(touched_, at) == touched_.end()) touched_.push_back(at);
        }
    }
    for (const std::size_t at : touched_) {
        if (lines_[at].evidence->take(entry, kept_ < kMostEvents)) ++kept_;
    }
    if (!std::holds_alternative<ledger::EntityAnswer>(entry.outcome)) return;
    for (const ExplainedLine& line : lines_) {
        if (line.seats != nullptr) line.seats->take(entry);
    }
}

}  // namespace quipu::api
