// What an organisation's back end may want to hear of: a fact about one customer, as it leaves on
// topic `notifications` for the webhook sender and for whoever reads that topic.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/decimal.h"
#include "base/fields.h"
#include "base/instant.h"

namespace quipu::ledger {

// One field of the message's `data`, in the order it is shown.
struct Fact {
    std::string name;  // camelCase, as in the HTTP contract
    std::variant<std::string, std::int64_t, bool, base::Quantity, base::Instant> value;

    friend bool operator==(const Fact&, const Fact&) = default;
};
QUIPU_FIELDS(Fact, name, value)

struct Notification {
    std::string id;  // ntf_…, derived from what it is: the same fact always has the same id
    std::string organisation;
    std::string customer;  // cus_…
    std::string type;      // customer.created, subscription.updated, invoice.paid, …
    base::Instant at;      // the ledger's clock
    std::vector<Fact> facts;

    friend bool operator==(const Notification&, const Notification&) = default;
};
QUIPU_FIELDS(Notification, id, organisation, customer, type, at, facts)

}  // namespace quipu::ledger
