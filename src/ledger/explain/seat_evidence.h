// The seats behind an invoice line of a feature that counts its entities, as of the invoice:
// collected from the account as it is and from the newest entry back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "ledger/account.h"
#include "ledger/entry.h"
#include "ledger/invoice.h"

namespace quipu::ledger {

struct Seat {
    std::optional<base::Instant> added_at;  // none: before the entries that were read
    std::optional<base::Instant> removed_at;
    std::string event_id;  // of its adding within the period; "" = it was held when it began

    friend bool operator==(const Seat&, const Seat&) = default;
};

class SeatEvidence {
public:
    // `end` is the position of the invoice; `bills_all` of a plan that includes no seats.
    SeatEvidence(const Account& account, const InvoiceLine& line, Offset end, bool bills_all);

    // Entries before this moment say nothing of the line.
    [[nodiscard]] base::Instant earliest() const { return earliest_; }
    // Entries of the customer, newest first, each once, back to `earliest`.
    void take(const Entry& entry);

    // Held at some time of the period, by entity.
    [[nodiscard]] const std::map<std::string, Seat>& seats() const { return seats_; }
    [[nodiscard]] std::int64_t held_at_start() const;
    [[nodiscard]] std::int64_t added() const { return added_; }
    [[nodiscard]] std::int64_t most_held() const;
    // Billable in the period until the invoice: seats once held stay so until it ends. None: the
    // number that is included is no longer known.
    [[nodiscard]] std::optional<base::Quantity> billable() const;
    // What of them the plan includes, as the ledger counted last; none: no longer known.
    [[nodiscard]] const std::optional<base::Quantity>& included() const { return included_; }

private:
    void take_added(const Entry& entry, const EntityAnswer& answer);
    void take_removed(const Entry& entry, const EntityAnswer& answer);

    std::string feature_;
    base::Period window_;
    Offset end_;
    base::Instant earliest_;
    std::map<std::string, Seat> seats_;
    std::map<std::string, bool> settled_;  // entities whose removal is known; older ones are not it
    std::int64_t added_ = 0;
    std::int64_t most_counted_ = 0;
    bool bills_all_;
    base::Quantity billed_elsewhere_;  // of the same period, to a plan that this one replaced
    base::Quantity billable_added_;    // the most that an adding made billable
    std::optional<base::Quantity> included_;
};

}  // namespace quipu::ledger
