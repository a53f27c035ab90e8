// When each invoice of a partition was issued, by organisation: what lists beyond one customer's
// are read from.
//
// A row of Table::View: `invoices/ organisation \0 issued_at(8, sign flipped) customer \0
// sequence(4)`. It is written once; what became of the invoice stands in its own row.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/projection.h"

namespace quipu::projections {

// In the order of the list, read from its end.
struct IssuedInvoice {
    base::Instant at;
    std::string customer;  // cus_…
    std::uint32_t sequence = 0;

    friend auto operator<=>(const IssuedInvoice&, const IssuedInvoice&) = default;
};

class InvoiceIndex final : public Projection {
public:
    void project(const Folded& folded) override;
    void collect(WriteSet& set) override;
    void mark_saved(ledger::Offset next_offset) override;

    // Newest first, those before `before` or all; `visit` ends it with false. `store` is the
    // partition's. Error codes: those of the store, `state_corrupt`.
    using Visit = std::function<bool(const IssuedInvoice&)>;
    [[nodiscard]] base::Result<void> visit(StateStore& store, std::string_view organisation,
                                           const std::optional<IssuedInvoice>& before,
                                           const Visit& visit) const;

private:
    std::map<std::string, ledger::Offset, std::less<>> unsaved_;  // by row key
    std::vector<std::string> changed_;                            // keys that no write set has yet
};

}  // namespace quipu::projections
