// Invoices: what is unbilled, as lines that round once over all that they bill, and what voiding
// takes back (docs/contract/invoices.md, docs/contract/decided.md#round-once-per-line).
#pragma once

#include <map>
#include <vector>

#include "judge/world.h"

namespace quipu::judge {

using LinesByCurrency = std::map<base::Currency, std::vector<Line>>;

struct Billed {
    Rational charge;
    Rational overage;
};
// What invoices that stand have billed of a window.
[[nodiscard]] Billed billed_of(const World& world, const Window& window);

// Which usage is meant: of everybody, open windows too; or what a closing of one subscription
// bills, with what is left of ended ones.
struct Billing {
    Holder closes = 0;         // 0 = on demand: everything
    base::Instant ended_by;    // of its windows, those that have ended by then
    bool all_windows = false;  // it ends here, and its windows with it
};
[[nodiscard]] LinesByCurrency usage_lines(const World& world, const Billing& billing);

// One invoice per currency. Below zero it is a credit; nothing but usage that sums to nothing
// waits. Returns how many were made.
std::size_t issue(World& world, LinesByCurrency lines, base::Instant at);

// By currency, without zeros.
[[nodiscard]] std::map<base::Currency, std::int64_t> unbilled(const World& world);

Answer void_invoice(World& world, std::size_t sequence);

}  // namespace quipu::judge
