// Units held before the work is done (docs/reservations.md): not used yet, and not to be had by
// anybody else until they are settled, released or the reservation expires.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/fields.h"
#include "ledger/posting.h"

namespace quipu::ledger {

// Every decision about a customer looks at all that is held.
inline constexpr std::size_t kMaxReservations = 1000;
inline constexpr std::int64_t kMaxHoldMicros = base::kMicrosPerDay;

struct Reservation {
    std::string id;  // of the event that made it
    std::string feature;
    std::string entity;    // "" = the customer
    base::Quantity value;  // of the feature's units
    base::Instant at;      // settled usage counts in the windows of this moment
    base::Instant expires_at;
    std::vector<Posting> postings;  // what is held of whom

    friend bool operator==(const Reservation&, const Reservation&) = default;
};
QUIPU_FIELDS(Reservation, id, feature, entity, value, at, expires_at, postings)

}  // namespace quipu::ledger
