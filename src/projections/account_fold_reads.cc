// Reading an account's history: rows of the store, and before them what is still on its way there.
#include <string>

#include "ledger/codec/invoice_codec.h"
#include "projections/account_fold.h"
#include "projections/account_rows.h"
#include "projections/rows/row_codec.h"
#include "projections/rows/row_keys.h"

namespace quipu::projections {
namespace {

using base::Result;

tl::unexpected<base::Error> corrupt(std::string_view what) {
    return base::fail("state_corrupt",
                      "A stored " + std::string(what) +
                          " is not readable; rebuild the state from the log with `quipu replay`.");
}

}  // namespace

Result<void> AccountFold::visit_invoices(const ledger::Account& account,
                                         const VisitInvoice& visit) {
    const std::string prefix = account_prefix(account.organisation, account.id);
    bool readable = true;
    const auto show = [&](std::string_view bytes) {
        const auto invoice = ledger::decode_invoice(bytes);
        readable = invoice.has_value();
        return readable && visit(*invoice);
    };
    // Newest first; a row that is on its way to the store comes instead of the one that is there.
    std::vector<std::pair<std::string_view, std::string_view>> unsaved;
    for (auto each = unsaved_invoices_.lower_bound(prefix);
         each != unsaved_invoices_.end() && each->first.starts_with(prefix); ++each) {
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
    if (!readable) return corrupt("invoice");
    return {};
}

Result<std::optional<ledger::Invoice>> AccountFold::find_invoice(const ledger::Account& account,
                                                                 std::uint32_t sequence) {
    const std::string key =
        invoice_row_key(account_prefix(account.organisation, account.id), sequence);
    std::string bytes;
    if (const auto unsaved = unsaved_invoices_.find(key); unsaved != unsaved_invoices_.end()) {
        bytes = unsaved->second.value;
    } else {
        auto row = store_.get(Table::Invoice, key);
        if (!row) return tl::unexpected(row.error());
        if (!*row) return std::nullopt;
        bytes = std::move(**row);
    }
    auto invoice = ledger::decode_invoice(bytes);
    if (!invoice) return corrupt("invoice");
    return std::move(*invoice);
}

ledger::Offset AccountFold::newest_entry(const ledger::Account& account) {
    const Slot* slot = find_slot(account.organisation, account.id);
    return slot != nullptr ? slot->last_entry : kNoEntry;
}

Result<void> AccountFold::visit_entries(const ledger::Account& account, ledger::Offset before,
                                        const VisitEntry& visit) {
    ledger::Offset at = newest_entry(account);
    while (at != kNoEntry) {
        auto linked = history_.read(at);
        if (!linked) return tl::unexpected(linked.error());
        if (at < before && !visit(linked->entry)) return {};
        at = linked->previous;
    }
    return {};
}

}  // namespace quipu::projections
