// Streams, answers and invoices in words, so that a difference can be read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "judge/judge.h"
#include "ledger/invoice.h"

namespace quipu::judge {

// "2027-02-03T04:00:00Z  track api 5 by member-1, of 2027-01-30T00:00:00Z"
[[nodiscard]] std::string text(const Fact& fact);
// One line per plan feature, of the plans that `facts` attach.
[[nodiscard]] std::string text(const ledger::Catalog& catalog, const std::vector<Fact>& facts);
[[nodiscard]] std::string text(const std::vector<Fact>& facts);

// The two say an invoice alike: fees, and usage by subscription and feature.
[[nodiscard]] std::string text(const Invoice& invoice);
[[nodiscard]] std::string text(const ledger::Invoice& invoice);

[[nodiscard]] std::string text(const std::map<base::Currency, std::int64_t>& amounts);

}  // namespace quipu::judge
