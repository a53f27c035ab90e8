// Reading an account's history: rows of the store, and before them what is still on its way there.
#include <string>

#include "ledger/invoice_codec.h"
#include "ledger/row_codec.h"
#include "ledger/row_keys.h"
#include "projections/account_fold.h"
#include "projections/account_rows.h"

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
    const std::string prefix = ledger::account_prefix(account.organisation, account.id);
    bool readable = true;
    bool more = true;
    std::string oldest;  // key of the last one shown; the store may have it too
    const auto show = [&](std::string_view key, std::string_view value) {
        const auto invoice = ledger::decode_invoice(value);
        readable = invoice.has_value();
        if (!readable) return false;
        oldest = key;
        more = visit(*invoice);
        return more;
    };
    for (auto each = unsaved_invoices_.rbegin(); each != unsaved_invoices_.rend(); ++each) {
        if (each->key.starts_with(prefix) && !show(each->key, each->value)) break;
    }
    if (more && readable) {
        const std::string before = oldest;
        if (auto scanned = store_.scan_back(Table::Invoice, prefix, before, show); !scanned)
            return scanned;
    }
    if (!readable) return corrupt("invoice");
    return {};
}

Result<std::optional<ledger::Invoice>> AccountFold::find_invoice(const ledger::Account& account,
                                                                 std::uint32_t sequence) {
    const std::string key =
        invoice_row_key(ledger::account_prefix(account.organisation, account.id), sequence);
    std::string bytes;
    for (const UnsavedInvoice& each : unsaved_invoices_) {
        if (each.key == key) bytes = each.value;
    }
    if (bytes.empty()) {
        auto row = store_.get(Table::Invoice, key);
        if (!row) return tl::unexpected(row.error());
        if (!*row) return std::nullopt;
        bytes = std::move(**row);
    }
    auto invoice = ledger::decode_invoice(bytes);
    if (!invoice) return corrupt("invoice");
    return std::move(*invoice);
}

Result<void> AccountFold::visit_entries(const ledger::Account& account, ledger::Offset before,
                                        const VisitEntry& visit) {
    const Slot* slot = find_slot(account.organisation, account.id);
    ledger::Offset at = slot != nullptr ? slot->last_entry : kNoEntry;
    while (at != kNoEntry) {
        auto linked = history_.read(at);
        if (!linked) return tl::unexpected(linked.error());
        if (at < before && !visit(linked->entry)) return {};
        at = linked->previous;
    }
    return {};
}

}  // namespace quipu::projections
