// What a customer's open reservations hold, as a decision has to see it: units that nobody used and
// nobody else may have.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/instant.h"
#include "ledger/account.h"
#include "ledger/terms.h"
#include "ledger/usage/sources.h"

namespace quipu::ledger {

// Borrows the account and the book; short-lived. Costs nothing while there is no reservation.
class Holds {
public:
    // The reservation `settling` holds nothing any more: its units are being decided about.
    Holds(const Account& account, const CatalogBook& book, std::string_view settling);

    // Takes what is held out of the sources.
    void lay_over(Sources& sources) const;
    // Overage held of one meter by the customer and all entities together.
    [[nodiscard]] base::Quantity pooled_overage(const Source& source) const;
    // What held overage may add to the charges in the currency of `source`, but for that source's
    // own. Where more units cost less in all (volume tiers),
    // settling could only lower a charge: that counts as nothing.
    [[nodiscard]] std::int64_t charges_beside(const Source& source) const;

private:
    const Account& account_;
    const CatalogBook& book_;
    std::vector<const Posting*> held_;
};

}  // namespace quipu::ledger
