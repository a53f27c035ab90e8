// Whether an explained line adds up: what the invoice says beside what its events say. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/billing/invoice_explainer.h"
#include "ledger/explain/line_price.h"

namespace quipu::api {

// Both are JSON numbers: what the invoice says, and what was computed from the ledger.
struct Check {
    std::string_view name;
    std::string expected;
    std::string actual;

    [[nodiscard]] bool holds() const { return expected == actual; }
};

struct LineProof {
    std::optional<ledger::UsagePrice> usage;  // none for fees and packs
    std::vector<Check> checks;
};

[[nodiscard]] LineProof prove(const ledger::Invoice& invoice, const ExplainedLine& line);
[[nodiscard]] Check sum_of_lines(const ledger::Invoice& invoice);

}  // namespace quipu::api
