// Turning unbilled charges and fees into invoices. Pure: reads an account, makes values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/currency.h"
#include "ledger/account.h"
#include "ledger/invoice.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// Invoice lines by currency, in a fixed order.
using LinesByCurrency = std::map<base::Currency, std::vector<InvoiceLine>>;

// A line for every meter window whose charge is not what invoices have billed: the difference, so
// that the lines of a window always sum to its price. Of one subscription, or of all. A window that
// ended before its subscription's current period began gets a correction line.
[[nodiscard]] LinesByCurrency unbilled_usage(const Account& account, const CatalogBook& book,
                                             std::optional<std::uint32_t> subscription);

[[nodiscard]] InvoiceLine plan_fee_line(const Plan& plan, const Subscription& subscription,
                                        base::Period period);

struct InvoiceTerms {
    InvoiceTrigger trigger = InvoiceTrigger::Manual;
    base::Instant issued_at;
    base::Period period;
    const Subscription* subscription = nullptr;  // may be null
    std::string paid_by;                         // pi_…: is paid already; "" = open
    std::uint32_t made_before = 0;               // invoices of the same decision
    bool usage_apart = false;                    // fees and usage on invoices of their own
};

// One invoice per currency. Usage that the customer's payment method cannot pay, because it is
// below the least charge, stays unbilled too. Usage that sums to nothing or less makes none:
// it stays unbilled and offsets the next one. A fee beside it is never lost: it takes what it needs
// of the credit.
[[nodiscard]] std::vector<Invoice> make_invoices(const Account& account,
                                                 const LinesByCurrency& lines,
                                                 const InvoiceTerms& terms);

}  // namespace quipu::ledger
