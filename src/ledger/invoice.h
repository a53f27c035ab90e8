// An invoice: issued once, never changed; corrections are new facts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/currency.h"
#include "base/decimal.h"
#include "base/fields.h"
#include "base/instant.h"
#include "rating/price.h"

namespace quipu::ledger {

// Numbers are on disk: 1 was never written.
enum class InvoiceStatus : std::uint8_t { Open = 2, Paid = 3, Void = 4 };
[[nodiscard]] std::string_view name_of(InvoiceStatus status);

enum class InvoiceTrigger : std::uint8_t {
    Subscription = 1,  // first fee or a switch
    PeriodEnd = 2,
    Manual = 3,
    Purchase = 4,  // credit packs
    Threshold = 5,
};
[[nodiscard]] std::string_view name_of(InvoiceTrigger trigger);

enum class LineKind : std::uint8_t { PlanFee = 1, Usage = 2, CreditPack = 3, Proration = 4 };
[[nodiscard]] std::string_view name_of(LineKind kind);

// `amount_minor` is authoritative; the unit price is for reading. A usage line names the meter
// window whose postings it bills: (subscription, feature, entity, period).
struct InvoiceLine {
    LineKind kind = LineKind::Usage;
    std::string feature;  // slug of the feature, plan or pack
    std::string name;
    std::string description;
    base::Quantity quantity;
    std::int64_t unit_price_minor = 0;
    std::int64_t amount_minor = 0;
    base::Period period;
    std::uint32_t subscription = 0;  // 0 = none
    std::string plan;
    std::string entity;
    bool correction = false;               // usage that arrived after its period had been billed
    std::string rating_model;              // "" unless usage
    std::vector<rating::TierStep> steps;   // arithmetic of the whole window
    std::int64_t billed_before_minor = 0;  // of the window, by earlier invoices

    friend bool operator==(const InvoiceLine&, const InvoiceLine&) = default;
};
QUIPU_FIELDS(InvoiceLine, kind, feature, name, description, quantity, unit_price_minor,
             amount_minor, period, subscription, plan, entity, correction, rating_model, steps,
             billed_before_minor)

struct Invoice {
    std::string id;      // inv_…
    std::string number;  // gapless per customer
    std::uint32_t sequence = 0;
    std::string organisation;
    std::string customer;  // cus_…
    std::uint32_t subscription = 0;
    std::string subscription_id;
    InvoiceStatus status = InvoiceStatus::Open;
    InvoiceTrigger trigger = InvoiceTrigger::Manual;
    base::Currency currency;
    std::int64_t total_minor = 0;  // always the sum of the lines
    std::vector<InvoiceLine> lines;
    base::Instant issued_at;
    base::Instant due_at;
    base::Period period;
    // What became of it. The document itself, all above but the status, never changes.
    std::optional<base::Instant> settled_at;  // paid or voided
    std::string payment;                      // pi_…, or the reference of a payment by hand
    // Where in the ledger that was, set by the fold: entries of the customer with a smaller offset
    // came before. None where an older version folded it.
    std::optional<std::int64_t> issued_position;
    std::optional<std::int64_t> settled_position;

    friend bool operator==(const Invoice&, const Invoice&) = default;
};
QUIPU_FIELDS(Invoice, id, number, sequence, organisation, customer, subscription, subscription_id,
             status, trigger, currency, total_minor, lines, issued_at, due_at, period, settled_at,
             payment, issued_position, settled_position)

// The sequence that an invoice id of this customer ends with; none: not such an id.
[[nodiscard]] std::optional<std::uint32_t> invoice_sequence(std::string_view customer,
                                                            std::string_view id);
[[nodiscard]] std::string invoice_id(std::string_view customer, std::uint32_t sequence);

}  // namespace quipu::ledger
