#include "api/billing/line_proof.h"

#include <algorithm>

namespace quipu::api {
namespace {

using base::Int128;
using base::Quantity;
using ledger::InvoiceLine;

std::string text_of(Int128 whole) {
    return base::format_coefficient(whole, 0);
}

Check check(std::string_view name, Int128 expected, Int128 actual) {
    return {name, text_of(expected), text_of(actual)};
}

Check check(std::string_view name, Quantity expected, Quantity actual) {
    return {name, expected.to_string(), actual.to_string()};
}

// What the events, or the seats, make billable; none: seats whose included number is forgotten.
std::optional<Quantity> billable_units(const ExplainedLine& line) {
    if (line.seats == nullptr) return line.evidence->of_window().overage;
    return line.seats->billable();
}

std::optional<Int128> sum_of_steps(const InvoiceLine& line) {
    std::optional<base::Amount> sum = base::Amount{};
    for (const rating::TierStep& step : line.steps) sum = sum ? sum->plus(step.amount) : sum;
    if (!sum) return std::nullopt;
    const auto rounded = base::round_to_minor(*sum);
    return rounded ? std::optional<Int128>(*rounded) : std::nullopt;
}

void prove_usage(LineProof& proof, const ledger::Invoice& invoice, const ExplainedLine& of) {
    const InvoiceLine& line = invoice.lines[of.index];
    const ledger::BilledPart& part = of.evidence->part();
    const Quantity billed = line.quantity + part.quantity_before;
    const auto units = billable_units(of);
    proof.usage = ledger::usage_price(invoice, line, part, units.value_or(billed),
                                      of.card ? &*of.card : nullptr);
    if (units) proof.checks.push_back(check("units_of_window", billed, *units));
    if (of.seats == nullptr) {
        proof.checks.push_back(
            check("units_of_line", line.quantity, of.evidence->behind_line().overage));
    }
    proof.checks.push_back(
        check("billed_before", Int128{line.billed_before_minor}, Int128{part.amount_before_minor}));
    const Int128 said = Int128{line.amount_minor} + line.billed_before_minor;
    if (proof.usage->total_minor) {
        proof.checks.push_back(check("price_of_window", said + proof.usage->carried_minor,
                                     Int128{*proof.usage->total_minor}));
    }
    if (line.steps.empty()) return;
    if (const auto steps = sum_of_steps(line))
        proof.checks.push_back(check("sum_of_steps", said + proof.usage->carried_minor, *steps));
}

}  // namespace

LineProof prove(const ledger::Invoice& invoice, const ExplainedLine& of) {
    LineProof proof;
    const InvoiceLine& line = invoice.lines[of.index];
    if (of.evidence != nullptr) {
        prove_usage(proof, invoice, of);
    } else if (of.prorated) {
        proof.checks.push_back(
            check("new_fee_less_old", Int128{line.amount_minor},
                  Int128{of.prorated->charged_minor} - of.prorated->returned_minor));
    } else if (line.kind != ledger::LineKind::Proration) {
        const Int128 times = line.quantity.coefficient() * line.unit_price_minor;
        proof.checks.push_back(
            check("quantity_times_price", Int128{line.amount_minor}, times / Quantity::kOne));
    }
    return proof;
}

Check sum_of_lines(const ledger::Invoice& invoice) {
    Int128 sum = 0;
    for (const InvoiceLine& line : invoice.lines) sum += line.amount_minor;
    return check("sum_of_lines", Int128{invoice.total_minor}, sum);
}

}  // namespace quipu::api
