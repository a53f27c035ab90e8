#include "ledger/invoicing/decide_invoice.h"

#include <algorithm>

#include "ledger/invoicing/intents.h"
#include "ledger/invoicing/invoices.h"

namespace quipu::ledger {

Decision decide(const Asked& asked, const GenerateInvoice&) {
    const Account& account = asked.account;
    const base::Instant now = asked.now;
    const LinesByCurrency lines = unbilled_usage(account, asked.book, std::nullopt);
    base::Period covered{now, now};
    for (const auto& [currency, of_currency] : lines) {
        for (const InvoiceLine& line : of_currency) {
            covered.start = std::min(covered.start, line.period.start);
        }
    }
    const auto invoices =
        make_invoices(account, lines, {InvoiceTrigger::Manual, now, covered, nullptr});
    if (invoices.empty()) {
        for (const auto& [currency, of_currency] : lines) {
            base::Int128 total = 0;
            for (const InvoiceLine& line : of_currency) total += line.amount_minor;
            if (total <= 0) continue;
            return {{},
                    Rejection{Code::InvoiceBelowMinimum,
                              below_minimum_message(account, static_cast<std::int64_t>(total),
                                                    currency)}};
        }
        return {{}, Rejection{Code::NothingToInvoice, "No unbilled usage to invoice"}};
    }
    Decision decision;
    InvoiceAnswer answer;
    for (const Invoice& invoice : invoices) {
        answer.invoices.push_back(invoice.id);
        decision.events.emplace_back(InvoiceIssued{invoice});
    }
    decision.outcome = std::move(answer);
    return decision;
}

}  // namespace quipu::ledger
