#include "api/customers/customer_list.h"

namespace quipu::api {
namespace {

constexpr std::size_t kMostLookedAt = 20'000;

bool holds(std::string_view text, std::string_view part) {
    return ledger::lower_case(text).find(part) != std::string::npos;
}

}  // namespace

bool CustomerFilter::takes(const ledger::Customer& customer) const {
    if (!email.empty() && customer.email != email) return false;
    if (!external_id.empty() && customer.external_id != external_id) return false;
    return search.empty() || holds(customer.id, search) || holds(customer.external_id, search) ||
           holds(customer.email, search) || holds(customer.name.value_or(""), search);
}

CustomerPage find_customers(const ledger::ControlState& control, const std::string& organisation,
                            const CustomerFilter& filter, const std::string& cursor,
                            std::size_t offset, std::size_t limit) {
    CustomerPage page;
    // A name is unique, so the index has the one that may fit.
    const std::string& name = filter.email.empty() ? filter.external_id : filter.email;
    if (!name.empty()) {
        const ledger::Customer* named = find_customer(control, organisation, name);
        if (named != nullptr && filter.takes(*named) && offset == 0 && named->id > cursor)
            page.customers.push_back(named);
        return page;
    }
    const std::string prefix = organisation + '\0';
    std::size_t looked_at = 0;
    const ledger::Customer* last = nullptr;
    for (auto at = control.customers.upper_bound(prefix + cursor);
         at != control.customers.end() && at->first.starts_with(prefix); ++at) {
        if (page.customers.size() == limit || looked_at++ == kMostLookedAt) {
            page.next = last->id;
            break;
        }
        last = &at->second;
        if (!filter.takes(*last)) continue;
        if (offset > 0) {
            --offset;
        } else {
            page.customers.push_back(last);
        }
    }
    return page;
}

}  // namespace quipu::api
