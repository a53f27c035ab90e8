#include "projections/invoice_history.h"

#include <utility>
#include <vector>

#include "ledger/codec/invoice_codec.h"
#include "projections/account_rows.h"
#include "projections/rows/row_keys.h"

namespace quipu::projections {
namespace {

using base::Result;

tl::unexpected<base::Error> corrupt() {
    return base::fail("state_corrupt",
                      "A stored invoice is not readable; rebuild the state from the log with "
                      "`quipu replay`.");
}

}  // namespace

void InvoiceHistory::project(const Folded& folded) {
    for (const ledger::Invoice& invoice : folded.effects.invoices) keep(folded, invoice);
    for (const ledger::Invoice& invoice : folded.effects.settled) keep(folded, invoice);
}

void InvoiceHistory::keep(const Folded& folded, const ledger::Invoice& invoice) {
    std::string key = invoice_row_key(folded.prefix, invoice.sequence);
    std::string bytes = ledger::encode_invoice(invoice);
    unsaved_[key] = {folded.offset, bytes};
    changed_[std::move(key)] = std::move(bytes);
}

void InvoiceHistory::collect(WriteSet& set) {
    for (auto& [key, value] : changed_) set.rows.push_back({Table::Invoice, key, std::move(value)});
    changed_.clear();
}

void InvoiceHistory::mark_saved(ledger::Offset next_offset) {
    std::erase_if(unsaved_, [&](const auto& each) { return each.second.offset < next_offset; });
}

Result<void> InvoiceHistory::visit(const ledger::Account& account, const Visit& visit) const {
    const std::string prefix = account_prefix(account.organisation, account.id);
    bool readable = true;
    const auto show = [&](std::string_view bytes) {
        const auto invoice = ledger::decode_invoice(bytes);
        readable = invoice.has_value();
        return readable && visit(*invoice);
    };
    // Newest first; a row that is on its way to the store comes instead of the one that is there.
    std::vector<std::pair<std::string_view, std::string_view>> unsaved;
    for (auto each = unsaved_.lower_bound(prefix);
         each != unsaved_.end() && each->first.starts_with(prefix); ++each) {
        unsaved.emplace_back(each->first, each->second.value);
    }
    bool more = true;
    auto scanned = store_.scan_back(
        Table::Invoice, prefix, {}, [&](std::string_view key, std::string_view value) {
            while (more && !unsaved.empty() && unsaved.back().first > key) {
                more = show(unsaved.back().second);
                unsaved.pop_back();
            }
            if (more && !unsaved.empty() && unsaved.back().first == key) {
                more = show(unsaved.back().second);
                unsaved.pop_back();
            } else if (more) {
                more = show(value);
            }
            return more;
        });
    if (!scanned) return scanned;
    for (; more && !unsaved.empty(); unsaved.pop_back()) more = show(unsaved.back().second);
    if (!readable) return corrupt();
    return {};
}

Result<std::optional<ledger::Invoice>> InvoiceHistory::find(const ledger::Account& account,
                                                            std::uint32_t sequence) const {
    const std::string key =
        invoice_row_key(account_prefix(account.organisation, account.id), sequence);
    std::string bytes;
    if (const auto unsaved = unsaved_.find(key); unsaved != unsaved_.end()) {
        bytes = unsaved->second.value;
    } else {
        auto row = store_.get(Table::Invoice, key);
        if (!row) return tl::unexpected(row.error());
        if (!*row) return std::nullopt;
        bytes = std::move(**row);
    }
    auto invoice = ledger::decode_invoice(bytes);
    if (!invoice) return corrupt();
    return std::move(*invoice);
}

}  // namespace quipu::projections
