#include "ledger/invoicing/invoices.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "ledger/invoicing/intents.h"
#include "rating/invoice_line.h"

namespace quipu::ledger {
namespace {

constexpr std::int64_t kDueAfterMicros = 7 * base::kMicrosPerDay;

std::string display_name(const Catalog& catalog, const std::string& slug) {
    if (const Feature* feature = find_feature(catalog, slug)) return feature->name;
    if (const CreditSystem* system = find_credit_system(catalog, slug)) return system->name;
    return slug;
}

InvoiceLine usage_line(const MeterKey& key, const MeterWindow& window, const PlanFeature& grant,
                       const std::string& name) {
    const base::Quantity billed = window.overage - window.invoiced_overage;
    InvoiceLine line;
    line.kind = LineKind::Usage;
    line.feature = key.feature;
    line.name = name;
    line.entity = key.entity;
    line.description = rating::usage_description(name, grant.card, billed);
    line.quantity = billed;
    line.unit_price_minor = rating::display_unit_price(grant.card, window.overage);
    line.amount_minor = window.charge_minor - window.invoiced_minor;
    line.period = window.period;
    line.subscription = key.subscription;
    line.rating_model = rating::name_of(grant.card.rating_model);
    line.steps = rating::tier_steps(grant.card, window.overage);
    line.billed_before_minor = window.invoiced_minor;
    return line;
}

// The same for all invoices of a customer, so that numbers of two customers differ.
std::string number_suffix(const Account& account) {
    std::uint32_t hash = 2166136261u;
    for (const char c : account.organisation + '/' + account.id) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    }
    return fmt::format("{:06X}", (hash ^ (hash >> 24)) & 0xFFFFFFu);
}

}  // namespace

LinesByCurrency unbilled_usage(const Account& account, const CatalogBook& book,
                               std::optional<std::uint32_t> subscription) {
    LinesByCurrency lines;
    for (const auto& [key, meter] : account.meters) {
        const Subscription* owner = account.find_subscription(key.subscription);
        const bool meant = !subscription || key.subscription == *subscription ||
                           (owner != nullptr && owner->ended_at.has_value());
        if (!meant) continue;
        const PlanTerms* plan = owner != nullptr ? book.terms(*owner) : nullptr;
        const Terms* terms = plan != nullptr ? plan->find(key.feature) : nullptr;
        if (terms == nullptr) continue;
        for (const auto& [start, window] : meter.windows) {
            if (window.charge_minor == window.invoiced_minor) continue;
            InvoiceLine line =
                usage_line(key, window, terms->grant, display_name(book.newest(), key.feature));
            line.plan = owner->plan;
            // What the subscription's end billed was all that was known then.
            line.correction =
                window.period.end <= owner->period.start || owner->ended_at.has_value();
            lines[plan->sold->currency].push_back(std::move(line));
        }
    }
    return lines;
}

InvoiceLine plan_fee_line(const Plan& plan, const Subscription& subscription, base::Period period) {
    InvoiceLine line;
    line.kind = LineKind::PlanFee;
    line.feature = plan.slug;
    line.name = plan.name;
    line.description = plan.billing_type == BillingType::OneTime
                           ? fmt::format("{} (one-time)", plan.name)
                           : fmt::format("{} ({})", plan.name, name_of(plan.interval));
    line.quantity = base::Quantity::from_int(1);
    line.unit_price_minor = plan.price_minor;
    line.amount_minor = plan.price_minor;
    line.period = period;
    line.subscription = subscription.seq;
    line.plan = plan.slug;
    return line;
}

namespace {

base::Int128 sum_of(const std::vector<InvoiceLine>& lines) {
    base::Int128 total = 0;
    for (const InvoiceLine& line : lines) total += line.amount_minor;
    return total;
}

// Fees have no window to wait in, so an invoice that charges one is always made. Where usage gives
// back more than the invoice charges, it takes as much as brings it to nothing; the rest waits.
std::vector<InvoiceLine> billable_now(std::vector<InvoiceLine> lines) {
    base::Int128 excess = -sum_of(lines);
    const bool has_fee = std::ranges::any_of(lines, [](const InvoiceLine& line) {
        return line.kind != LineKind::Usage && line.amount_minor != 0;
    });
    if (excess < 0) return lines;
    if (!has_fee) return {};
    for (InvoiceLine& line : lines) {
        if (line.kind != LineKind::Usage || line.amount_minor >= 0) continue;
        const auto kept = std::min<base::Int128>(excess, -line.amount_minor);
        line.amount_minor += static_cast<std::int64_t>(kept);
        excess -= kept;
    }
    std::erase_if(lines, [](const InvoiceLine& line) {
        return line.kind == LineKind::Usage && line.amount_minor == 0;
    });
    return excess > 0 ? std::vector<InvoiceLine>{} : lines;
}

}  // namespace

namespace {

bool is_usage(const InvoiceLine& line) {
    return line.kind == LineKind::Usage;
}

std::vector<std::vector<InvoiceLine>> parted(std::vector<InvoiceLine> lines, bool usage_apart) {
    std::vector<std::vector<InvoiceLine>> parts;
    if (usage_apart) {
        const auto usage = std::ranges::stable_partition(
            lines, [](const InvoiceLine& line) { return !is_usage(line); });
        parts.emplace_back(std::make_move_iterator(usage.begin()),
                           std::make_move_iterator(usage.end()));
        lines.erase(usage.begin(), usage.end());
    }
    parts.insert(parts.begin(), std::move(lines));
    return parts;
}

Invoice make_invoice(const Account& account, base::Currency currency,
                     std::vector<InvoiceLine> lines, std::uint32_t sequence,
                     const InvoiceTerms& terms) {
    const base::Int128 total = sum_of(lines);
    QUIPU_CHECK(total <= std::numeric_limits<std::int64_t>::max());
    Invoice invoice;
    invoice.sequence = sequence;
    invoice.id = invoice_id(account.id, sequence);
    invoice.number = fmt::format("INV-{:05}-{}", sequence, number_suffix(account));
    invoice.organisation = account.organisation;
    invoice.customer = account.id;
    if (terms.subscription != nullptr) {
        invoice.subscription = terms.subscription->seq;
        invoice.subscription_id = terms.subscription->id;
    }
    invoice.trigger = terms.trigger;
    invoice.currency = currency;
    invoice.total_minor = static_cast<std::int64_t>(total);
    const bool paid = total == 0 || !terms.paid_by.empty();
    invoice.status = paid ? InvoiceStatus::Paid : InvoiceStatus::Open;
    if (paid) invoice.settled_at = terms.issued_at;
    invoice.payment = terms.paid_by;
    invoice.lines = std::move(lines);
    invoice.issued_at = terms.issued_at;
    invoice.due_at = base::Instant{terms.issued_at.micros + kDueAfterMicros};
    invoice.period = terms.period;
    return invoice;
}

}  // namespace

std::vector<Invoice> make_invoices(const Account& account, const LinesByCurrency& lines_by_currency,
                                   const InvoiceTerms& terms) {
    std::vector<Invoice> invoices;
    std::uint32_t sequence = account.next_invoice + terms.made_before;
    for (const auto& [currency, unbilled] : lines_by_currency) {
        for (std::vector<InvoiceLine>& part : parted(unbilled, terms.usage_apart)) {
            std::vector<InvoiceLine> lines = billable_now(std::move(part));
            if (lines.empty()) continue;
            const bool too_small = std::ranges::all_of(lines, is_usage) &&
                                   sum_of(lines) < minimum_invoice(account, currency);
            if (too_small) continue;
            invoices.push_back(
                make_invoice(account, currency, std::move(lines), sequence++, terms));
        }
    }
    return invoices;
}

}  // namespace quipu::ledger
