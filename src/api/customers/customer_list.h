// Which customers of an organisation a list shows.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/identity.h"

namespace quipu::api {

// All that are set have to fit; "" = any.
struct CustomerFilter {
    std::string email;        // lower case; the whole
    std::string external_id;  // the whole
    std::string search;       // lower case; a part of an id, the e-mail or the name, in any case

    [[nodiscard]] bool takes(const ledger::Customer& customer) const;
};

struct CustomerPage {
    std::vector<const ledger::Customer*> customers;  // of the control projection
    std::optional<std::string> next;                 // the cursor of the page behind it
};

// In the order of our ids, behind the id `cursor`, without the first `offset` that fit. One call
// looks at 20,000 customers at most: where few fit, a page is short, or empty, and has a next.
[[nodiscard]] CustomerPage find_customers(const ledger::ControlState& control,
                                          const std::string& organisation,
                                          const CustomerFilter& filter, const std::string& cursor,
                                          std::size_t offset, std::size_t limit);

}  // namespace quipu::api
