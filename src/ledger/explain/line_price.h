// How the amount of an invoice line came about, in numbers and in words. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/explain/billed_part.h"
#include "ledger/terms.h"
#include "rating/price.h"

namespace quipu::ledger {

// Of a usage line: the price of the whole window less what earlier invoices billed.
struct UsagePrice {
    base::Quantity units;  // billable in the window until the invoice, by its events
    std::optional<std::int64_t> total_minor;  // their price by the rate card; none: out of range
    std::vector<rating::TierStep> steps;      // its arithmetic; empty for packages
    std::optional<base::UnitPrice> package_price;  // of packages
    base::Quantity package_size;
    base::Quantity packages;
    // What the line gave back less than it could: an invoice never sums to less than nothing.
    std::int64_t carried_minor = 0;
    std::string text;
};

// `card` as it was sold; null when the plan is no longer known: the line's own steps speak then.
[[nodiscard]] UsagePrice usage_price(const Invoice& invoice, const InvoiceLine& line,
                                     const BilledPart& part, base::Quantity units,
                                     const rating::RateCard* card);

// Of a switch in mid-period: the new fee for the time that is left, less what is left of the old.
struct ProratedPrice {
    std::string from_plan;
    std::int64_t from_fee_minor = 0;
    std::string to_plan;
    std::int64_t to_fee_minor = 0;
    base::Period period;  // that the old fee was for
    base::Instant switched_at;
    std::int64_t charged_minor = 0;   // of the new fee
    std::int64_t returned_minor = 0;  // of the old fee
    std::string text;
};
// None: the subscriptions no longer say which switch it was.
[[nodiscard]] std::optional<ProratedPrice> prorated_price(const Account& account,
                                                          const CatalogBook& book,
                                                          const Invoice& invoice,
                                                          const InvoiceLine& line);

// Of a plan's fee or a credit pack: quantity times price.
[[nodiscard]] std::string fee_text(const Invoice& invoice, const InvoiceLine& line);

// The rate card that a usage line was priced with; null when its plan is no longer known.
[[nodiscard]] const rating::RateCard* card_of(const Account& account, const CatalogBook& book,
                                              const InvoiceLine& line);

}  // namespace quipu::ledger
