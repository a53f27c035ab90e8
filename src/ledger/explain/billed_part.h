// Which part of a customer's ledger an invoice line bills: what was recorded in its meter window
// and is on no earlier invoice that still counted when the line was made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "ledger/invoice.h"
#include "ledger/log/log.h"

namespace quipu::ledger {

// An earlier invoice's line of the same meter window.
struct EarlierBill {
    std::string id;  // of the invoice
    std::string number;
    base::Quantity quantity;
    std::int64_t amount_minor = 0;
    Offset issued = 0;             // Invoice::issued_position
    std::optional<Offset> voided;  // Invoice::settled_position of a void one
};

// Offsets [from, to).
struct Stretch {
    Offset from = 0;
    Offset to = 0;

    friend bool operator==(const Stretch&, const Stretch&) = default;
};

struct BilledPart {
    std::vector<Stretch> stretches;    // ascending, disjoint, not empty ones
    std::vector<EarlierBill> earlier;  // those that counted, in order of issue
    base::Quantity quantity_before;    // what they billed
    std::int64_t amount_before_minor = 0;
    Offset end = 0;  // position of the invoice; what is at or after it came later

    [[nodiscard]] bool contains(Offset offset) const;
};

// `earlier` in order of issue, `issued` the position of the invoice whose line it is. Each invoice
// took all that no invoice held; a void one gave back what it had taken, for the next to take.
[[nodiscard]] BilledPart billed_part(std::vector<EarlierBill> earlier, Offset issued);

}  // namespace quipu::ledger
